/** The texts of teachers and inspectors, which a student's page need not carry. */

import en from '../locales/en-staff.js';
import zh from '../locales/zh-staff.js';
import { addTexts } from './i18n.js';

addTexts({ en, zh });
