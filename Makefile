# Each line hands over to `python -m local`; WORLD=NAME chooses another world than the default one.
WORLD ?= local
N ?= 200
# How many processes run the tests, each with worlds and hosts of its own.
WORKERS ?= 3
PYTHON := .venv/bin/python
EKKLESIA := $(PYTHON) -m local
# The tests bring worlds up and look into them: both take root.
AS_ROOT := $(if $(filter 0,$(shell id -u)),,sudo --preserve-env env PATH="$(PATH)")
# Where the surroundings forbid bytecode, each of many processes would compile all its libraries anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: up test down clean status logs doctor env bench chaos environment

up: environment ; @$(EKKLESIA) up --world $(WORLD)
test: environment ; @$(EKKLESIA) toolchain && $(AS_ROOT) $(PYTHON) -m pytest tests --numprocesses $(WORKERS) --no-loadscope-reorder
down: environment ; @$(EKKLESIA) down --world $(WORLD)
clean: environment ; @$(EKKLESIA) clean --world $(WORLD)
status: environment ; @$(EKKLESIA) status --world $(WORLD)
logs: environment ; @$(EKKLESIA) logs --world $(WORLD)
doctor: environment ; @$(EKKLESIA) doctor --world $(WORLD)
env: environment ; @$(EKKLESIA) env --world $(WORLD)
bench: environment ; @$(PYTHON) -m bench
chaos: environment ; @$(EKKLESIA) toolchain && PYTHONPATH=.:functions $(PYTHON) -m tests.proof.chaos --schedules $(N)
environment: ; @sh local/toolchain/python_environment.sh
