# A virtual environment of the project for tests that need another program's packages. Sourced by the setup.sh of each.
# shellcheck shell=bash

# have_venv WHAT: whether a virtual environment can be made here; says what is missing for what.
have_venv() {
    if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
        echo "The tests need Python 3 with venv for $1: install the packages python3 and python3-venv, then 'make test' again." >&2
        return 1
    fi
}

# settle FOLDER NAME MODULES WHAT: installs the folder's requirements.txt into .cache/NAME, unless these modules are there.
settle() {
    local folder=$1 name=$2 modules=$3 what=$4
    local venv="$folder/../../.cache/$name"
    local stamp="$venv/requirements.installed"
    if cmp -s "$folder/requirements.txt" "$stamp" && "$venv/bin/python" -c "import $modules" 2>/dev/null; then
        return 0
    fi
    have_venv "$what" || return 1
    echo "installing $what (once)"
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$folder/requirements.txt"
    cp "$folder/requirements.txt" "$stamp"
}
