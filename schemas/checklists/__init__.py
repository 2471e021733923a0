"""Checklists: questions that end in the exact papers for one case ("Đủ giấy tờ chưa?"), one JSON file a procedure.

How one is written, beside the forms and in their language of conditions::

    {"procedure": "9.000001", "version": 1, "source": "…", "verified": false, "checked_on": "2026-11-24",
     "questions": [
       {"key": "who", "ask": {"vi": "Ai đi làm?", "en": "Who comes?"}, "help": {"vi": "…"},
        "answers": [{"key": "self", "label": {"vi": "Bản thân"}}, {"key": "other", "label": {"vi": "Người khác"}}]}],
     "papers": [
       {"key": "authorisation", "name": {"vi": "Giấy ủy quyền"}, "how": {"vi": "Chứng thực ở xã."},
        "original": 1, "copies": 0, "shown": false, "when": {"field": "who", "is": "other"}}]}

``help``, ``when``, ``verified``, ``checked_on``, ``original``, ``copies``, ``shown`` may be left out. ``when`` is a
condition of ``is``, ``in``, ``all``, ``any`` and ``not``, its field is an earlier question. "Không rõ" (``unknown``)
answers every question and is not written: what hangs on it is asked all the same, and listed as perhaps needed. What
hangs on a question that is not asked is left out. ``shown`` papers are looked at and given back.

Nobody is asked more than 6 questions. ``motcua papers check FILE…`` goes every way through them and names questions and
papers that are never reached, ways that end in no paper, and conditions that name no earlier question.
`client/js/checklist.js` reads the same documents; a differential test goes every way through those that are shipped.
"""
