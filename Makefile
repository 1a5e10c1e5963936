# The few commands of this project. Each only calls a script, so that a shell without make can do the same.

.DEFAULT_GOAL := help
.PHONY: help run test check bench bundle

help: ## What can be done here
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/make \1|\2/' | awk -F"|" '{ printf "%-12s %s\n", $$1, $$2 }'

run: ## Start Tidegate: the tray and its window, or the demonstration where there is no display
	@scripts/run.sh

test: ## Install what is missing, build everything, run every test
	@scripts/test.sh

check: ## Format, lints, documentation, architecture laws, generated types
	@scripts/check.sh

bench: ## Speed and memory against their budgets; writes docs/performance.md
	@scripts/bench.sh

bundle: ## Installers for the desktop
	@scripts/bundle.sh
