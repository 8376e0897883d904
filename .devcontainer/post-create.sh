#!/usr/bin/env bash
# Makes a new container ready: Jupyter, the course's build, and two C# kernels, .NET Interactive's and the course's own.
# The build has to succeed. Whatever else cannot be had is named at the end, with what still works without it.
set -uo pipefail
cd "$(dirname "$0")/.."

interactive_version=1.0.712001
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
export PATH="$PATH:$HOME/.dotnet/tools"
missing=()

as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }

# runs_jupyter: whether notebooks can be served and Python kernels started.
runs_jupyter() { jupyter kernelspec list && python3 -c 'import ipykernel'; } >/dev/null 2>&1

echo "== Jupyter"
if ! runs_jupyter; then
    # Debian keeps 'jupyter kernelspec' in jupyter-client and 'jupyter trust' in jupyter-nbformat; nothing else brings them.
    as_root apt-get update -q && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        python3 python3-ipykernel jupyter-client jupyter-nbformat jupyter-notebook jupyter-nbconvert
    runs_jupyter || missing+=("Jupyter could not be installed. VS Code's Polyglot Notebooks extension does without it.")
fi

echo "== The course"
if ! dotnet build; then
    echo "The course does not build; the messages above say why." >&2
    exit 1
fi

echo "== The C# kernel of .NET Interactive"
if dotnet tool install --global Microsoft.dotnet-interactive --version "$interactive_version" \
    || dotnet tool update --global Microsoft.dotnet-interactive --version "$interactive_version" --allow-downgrade; then
    dotnet interactive jupyter install \
        || missing+=("The kernel could not be registered with Jupyter. Try again: dotnet interactive jupyter install")
else
    missing+=("The tool Microsoft.dotnet-interactive $interactive_version could not be had. The course's own kernel does without it.")
fi

# After the other, which takes the name that lessons ask for whether or not it is free.
echo "== The course's own C# kernel"
dotnet run --no-build --project src/Course -- jupyter install \
    || missing+=("The course's own kernel could not be installed. Try again: dotnet run --project src/Course -- jupyter install")

echo "== Trust"
shopt -s nullglob
jupyter trust notebooks/*.ipynb notebooks/labs/*.ipynb \
    || missing+=("The notebooks are not marked as trusted. Their styles show once the cells have been run.")

echo
dotnet run --no-build --project src/Course -- doctor

echo
if [ "${#missing[@]}" -eq 0 ]; then
    echo "Ready. Open notebooks/00-start-here.ipynb and pick the kernel '.NET (C#)'."
else
    echo "Ready, but for this:"
    printf -- '- %s\n' "${missing[@]}"
fi
exit 0
