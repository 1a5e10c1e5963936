// Words that several pages share: states, kinds, reasons. Keys are the words of the api.
export default {
  level: { calm: 'Calm', warning: 'Warning', critical: 'Critical', acting: 'Acting', stopped: 'Stopped', blind: 'Blind', paused: 'Paused', none: 'Not guarded' },
  mode: { watch: 'watching', armed: 'armed until {date}' },
  power: { running: 'Running', stopping: 'Stopping', stopped: 'Stopped', starting: 'Starting', gone: 'Gone', other: 'Other: {word}', unknown: 'Not known' },
  delivery: { pending: 'Waiting', sending: 'Being sent', delivered: 'Delivered', refused: 'Refused', expired: 'Expired' },
  reason: {
    auth: 'the provider refuses the key',
    scope: 'the key lacks a right, or belongs to the other site',
    rate: 'the provider throttles us',
    transient: 'network or provider fault',
    shape: 'the answer has an unexpected form',
    missing: 'the answer lacks this meter',
    stale: 'the data is too old',
    implausible: 'the value is implausible, a second reading is awaited',
    locked: 'the keychain is locked or absent',
    disabled: 'the account is switched off here',
  },
};
