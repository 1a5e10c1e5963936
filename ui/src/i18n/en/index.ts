// Every page's texts under the page's name.
import common from './common';
import errors from './errors';
import frame from './frame';
import mail from './mail';
import meter from './meter';
import activity from './activity';
import balances from './balances';
import overview from './overview';
import proxy from './proxy';
import quotas from './quotas';
import renewals from './renewals';
import servers from './servers';
import settings from './settings';
import tokens from './tokens';
import wizard from './wizard';
import words from './words';

export default { activity, balances, common, errors, frame, mail, meter, overview, proxy, quotas, renewals, servers, settings, tokens, wizard, words };
