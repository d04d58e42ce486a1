import { en } from '@/locales/en';

export const MIN_PASSWORD = 12;

export const filled = (value: string) => (value.trim() ? null : en.auth.required);

export const email = (value: string) => (/^\S+@\S+$/.test(value.trim()) ? null : en.auth.badEmail);

export const password = (value: string) => (value.length >= MIN_PASSWORD ? null : en.auth.tooShort);
