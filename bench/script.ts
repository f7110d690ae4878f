/**
 * What a newcomer says in the measured conversation, from the first word to a file that is filled and
 * questions after it: 31 turns, most of them questions and small talk.
 */
export const SCRIPT: readonly string[] = [
  'English',
  'Why?',
  'Yes, I agree',
  'My name is Oleksandr',
  "I'm still in my country",
  'in March',
  ...Array.from({ length: 7 }, () => 'Skip'),
  'That’s right',
  'where do I find a flat?',
  'how cold is it in January',
  'my children are seven and nine',
  'thank you',
  'can I work while I wait for my papers?',
  'I was a welder in Odesa for twelve years',
  'is there a class in the evening',
  'how long is the course',
  'we would like to live near Sherbrooke',
  'do I need a car there',
  'what is a lease',
  'my wife is a nurse',
  'is there a school for the little one',
  'what do I bring to the first meeting',
  'ok',
  'how do I open a bank account',
  'see you soon',
]
