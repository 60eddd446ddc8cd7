# Each target is one command of `python -m local` or `python -m tools`.
WORLD ?= local
STACK ?= prod
SEED ?= 1
# Each process has worlds and hosts of its own.
WORKERS ?= 3
PYTHON := .venv/bin/python
EKKLESIA := $(PYTHON) -m local
# The tests bring worlds up and look into them: both need root.
AS_ROOT := $(if $(filter 0,$(shell id -u)),,sudo --preserve-env env PATH="$(PATH)")
# If the environment forbids bytecode, each of many processes compiles all its libraries anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help preview up status logs doctor env down clean check format migrations fields access googleapis audit test chaos mail-storm proof mutate bench environment

help: ## list these targets
	@awk -F ':.*## ' '/^##@/ { print "\n" substr($$0, 5) } /^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

##@ The world on this machine (WORLD=NAME for another one)
up: environment ## bring everything up (GOOGLE=new-project: as unkind as Google; PROVIDER=real: its plugin)
	@$(EKKLESIA) up --world $(WORLD) $(if $(GOOGLE),--google $(GOOGLE) --seed $(SEED)) $(if $(PROVIDER),--provider $(PROVIDER))
status: environment ## say how each part is
	@$(EKKLESIA) status --world $(WORLD)
logs: environment ## follow the logs of all parts
	@$(EKKLESIA) logs --world $(WORLD)
doctor: environment ## say what is missing or wrong, and what to do
	@$(EKKLESIA) doctor --world $(WORLD)
env: environment ## write the shell settings for pulumi and fab
	@$(EKKLESIA) env --world $(WORLD)
down: environment ## stop everything and keep the data
	@$(EKKLESIA) down --world $(WORLD)
clean: environment ## stop everything and remove the data
	@$(EKKLESIA) clean --world $(WORLD)

##@ Work on the sources
preview: environment ## preview a stack offline, with invented secrets (STACK=prod)
	@$(EKKLESIA) preview --stack $(STACK)
check: environment ## run every checker and linter
	@$(PYTHON) -m tools check
format: environment ## format the sources and repair what a linter can repair
	@$(PYTHON) -m tools format
migrations: environment ## write the migrations that changed models need
	@$(PYTHON) -m tools.migrations
fields: environment ## write what follows from the table of synced fields
	@$(PYTHON) -m tools.fields
access: environment ## write docs/access.md and docs/declared.yaml from the Pulumi program
	@$(PYTHON) -m tools access
googleapis: environment ## write docs/google-apis.md from the front ends of Google's APIs
	@$(PYTHON) -m tools googleapis
audit: environment ## tell known vulnerabilities of libraries and host (3: could not ask)
	@$(PYTHON) -m tools audit
test: environment ## run every test (WORKERS=3 processes)
	@$(EKKLESIA) toolchain && $(AS_ROOT) $(PYTHON) -m pytest tests --numprocesses $(WORKERS) --no-loadscope-reorder
chaos: environment ## run the sync under random faults (N=200 schedules)
	@$(EKKLESIA) toolchain && PYTHONPATH=.:functions $(PYTHON) -m tests.proof.chaos --schedules $(or $(N),200)
mail-storm: environment ## send letters while the worker is killed and the server refuses (N=2000, KILLS=5, SEED=1)
	@$(EKKLESIA) toolchain && PYTHONPATH=.:ansible-free-deploy $(PYTHON) -m tests.linode.mail.storm --seed $(SEED) $(if $(N),--letters $(N)) $(if $(KILLS),--kills $(KILLS))
proof: environment ## run the long proofs, or go on (PROOF="rules", N=1000, SEED=1, RECORD=1)
	@$(EKKLESIA) toolchain && $(AS_ROOT) $(PYTHON) -m tools proof $(PROOF) $(if $(N),--size $(N)) --seed $(SEED) $(if $(RECORD),--record)
mutate: environment ## change one thing of the program at a time: who notices? (N=200, SEED=1, SHARD=1/4, RECORD=1, LIST=1)
	@$(PYTHON) -m tools mutate $(if $(N),--size $(N)) --seed $(SEED) $(if $(SHARD),--shard $(SHARD)) $(if $(RECORD),--record) $(if $(LIST),--list)
bench: environment ## measure how fast the sync is
	@$(PYTHON) -m bench
environment: ## make or update .venv from uv.lock
	@sh local/toolchain/python_environment.sh
