# Each line runs a script in .ci/ with a Python that was tried first; README.md says what each is for.
.PHONY: setup run demo-full test test-long check e2e bench

setup:
	@sh .ci/with-python .ci/house.py

run:
	@sh .ci/with-python .ci/demo.py

demo-full:
	@sh .ci/with-python .ci/demo.py full

test:
	@sh .ci/with-python .ci/suites.py test

test-long:
	@sh .ci/with-python .ci/suites.py test-long

check:
	@sh .ci/with-python .ci/suites.py check

e2e:
	@sh .ci/with-python .ci/suites.py e2e

bench:
	@sh .ci/with-python .ci/suites.py bench
