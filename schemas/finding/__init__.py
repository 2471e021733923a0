"""Finding a procedure by the words people use: what is typed becomes ideas, records are ranked by the ideas they hold.

The words are data (``words.json``): short forms, words that say nothing, everyday words with what the catalogue calls
it, life events. Server and phone rank alike: `client/js/finding.js` is the same in JavaScript, and a differential
test compares them over one set of records.
"""
