// Before any test: a text that a language lacks is a fault to show at once, not a French sentence.
process.env['NODE_ENV'] = 'test'
process.env['LOG_LEVEL'] ??= 'silent'
