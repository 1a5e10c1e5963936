// What was refused and what to do next, by the codes of the api.
export default {
  title: {
    bad_request: 'That request cannot be done',
    config_invalid: 'There are mistakes to correct',
    not_found: 'It is no longer there',
    refused: 'Refused for safety; nothing was changed',
    not_running: 'The guard does not run',
    not_holder: 'Another copy of Tidegate is on guard',
    outside: 'The other side did not answer as it should',
    store: 'The database could not be used',
    link: 'The guard does not answer',
  },
  next: {
    bad_request: 'Nothing was changed. Correct it and try again.',
    config_invalid: 'Nothing was changed. Correct the marked fields and save again.',
    not_found: 'Go back and choose again; the list is read anew.',
    refused: 'Remove what is in the way, then try again.',
    not_running: 'Start Tidegate from the tray or the menu, then try again.',
    not_holder: 'Use the copy that is on guard, or end it first.',
    outside: 'Check the network and the key, then try again.',
    store: 'Check that the disk has room and can be written, then try again.',
    link: 'It is connected again by itself; nothing was changed meanwhile.',
  },
};
