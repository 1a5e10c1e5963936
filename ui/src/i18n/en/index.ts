// Every page's texts under the page's name.
import common from './common';
import errors from './errors';
import frame from './frame';
import meter from './meter';
import activity from './activity';
import overview from './overview';
import servers from './servers';
import settings from './settings';
import wizard from './wizard';
import words from './words';

export default { activity, common, errors, frame, meter, overview, servers, settings, wizard, words };
