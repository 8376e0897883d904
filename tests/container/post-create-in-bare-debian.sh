#!/usr/bin/env bash
# Runs the container's post-create script in a bare Debian, as the container's user, and looks at what it leaves behind.
# No container engine is needed: the root comes from debootstrap and is entered with chroot. Run as root.
#
#   tests/container/post-create-in-bare-debian.sh [LOG]
#
# Whatever the script needs in there, the .NET SDK too, is COPIED in, which costs half a minute and some space, and nothing
# of this machine is mounted. That is deliberate: a mount that outlives its script turns the clean-up into the removal of
# the real thing. debootstrap and the kernel's /proc need mounts; they are made in a mount namespace of their own, private,
# and end with the last process in it. The clean-up looks for mounts all the same, and does not cross into another file system.
set -euo pipefail

repository=$(cd "$(dirname "$0")/../.." && pwd)
user=vscode                      # the user of the base image, who may use sudo
workspace=/workspaces/course

# property PATH…: a string of devcontainer.json.
property() {
    python3 - "$repository/.devcontainer/devcontainer.json" "$@" <<'PYTHON'
import functools, json, sys
print(functools.reduce(lambda value, key: value[key], sys.argv[2:], json.load(open(sys.argv[1]))))
PYTHON
}

outside() {
    [ "$(id -u)" -eq 0 ] || { echo "This needs root, for debootstrap and chroot."; exit 1; }
    local log=${1:-} folder status=0
    # Not under TMPDIR, which may be small, or a file system on which nothing may be executed.
    folder=$(mktemp -d /var/tmp/bare-debian-XXXXXXXX)
    # shellcheck disable=SC2064
    trap "remove '$folder'" EXIT
    unshare --mount --propagation private --pid --fork --kill-child \
        "$BASH" "$0" --inside "$folder" "$(readlink /proc/self/ns/mnt)" 2>&1 | tee "${log:-/dev/null}" || status=$?
    return "$status"
}

# remove FOLDER: as seen from out here nothing can be mounted below it. If something is, it stays.
remove() {
    if awk -v below="$1/" 'index($5 "/", below) == 1 { found = 1 } END { exit !found }' /proc/self/mountinfo; then
        echo "Something is mounted below $1, so it is left there." >&2
    else
        rm -rf --one-file-system -- "$1"
    fi
}

inside() {
    local root=$1/root
    [ "$(readlink /proc/self/ns/mnt)" != "$2" ] || { echo "These are the mounts of the whole machine. Nothing is done to them."; exit 1; }

    local image suite
    image=$(property image)
    suite=${image##*:}
    stage "debootstrap $suite, for the image $image"
    # What that image and its .NET feature bring: sudo, certificates, and ICU for .NET. No Python, no Jupyter, no build tools.
    debootstrap --variant=minbase --include=sudo,ca-certificates,libicu72,libssl3,zlib1g,libstdc++6 "$suite" "$root" >"$1/debootstrap.log" 2>&1 \
        || { tail -20 "$1/debootstrap.log"; exit 1; }
    # debootstrap may or may not have left it.
    mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"

    stage "the SDK, the course and how this machine reaches packages, copied in"
    local dotnet
    dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
    mkdir -p "$root/usr/share/dotnet"
    cp -a "$dotnet/." "$root/usr/share/dotnet/"
    chroot "$root" useradd --create-home --shell /bin/bash "$user"
    echo "$user ALL=(root) NOPASSWD:ALL" >"$root/etc/sudoers.d/$user"
    chmod 0440 "$root/etc/sudoers.d/$user"
    mkdir -p "$root$workspace"
    # As a clone would have it, with what is not committed yet: nothing that was built.
    git -c safe.directory="$repository" -C "$repository" ls-files -z --cached --others --exclude-standard \
        | tar -C "$repository" --null -T - -c | tar -C "$root$workspace" -x
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
    cp -L "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" "$root/etc/ssl/certs/ca-certificates.crt"
    apt-config dump Acquire | grep -iE '::proxy|timeout|retries' >"$root/etc/apt/apt.conf.d/90from-outside" || true
    if [ -f "$HOME/.nuget/NuGet/NuGet.Config" ]; then
        mkdir -p "$root/home/$user/.nuget/NuGet"
        cp -L "$HOME/.nuget/NuGet/NuGet.Config" "$root/home/$user/.nuget/NuGet/"
    fi
    chroot "$root" chown -R "$user:$user" "/home/$user" "$workspace"

    # The environment of a container: what its feature and remoteEnv set, and nothing of this machine's but its way to the network.
    local path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/share/dotnet variable
    environment=(HOME="/home/$user" USER="$user" LANG=C.UTF-8 DOTNET_ROOT=/usr/share/dotnet DOTNET_RUNNING_IN_CONTAINER=true
        DOTNET_CLI_TELEMETRY_OPTOUT="$(property remoteEnv DOTNET_CLI_TELEMETRY_OPTOUT)")
    variable=$(property remoteEnv PATH)
    environment+=(PATH="${variable/'${containerEnv:PATH}'/$path}")
    for variable in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY NUGET_CERT_REVOCATION_MODE; do
        [ -z "${!variable:-}" ] || environment+=("$variable=${!variable}")
    done

    local before after said="$1/said" failures=0
    before=$(in_container "$root" 'command -v python3 jupyter || true')
    expect "it starts without Python and Jupyter" [ -z "$before" ]

    local command
    command=$(property postCreateCommand)
    stage "$command"
    local code=0 start=$SECONDS
    in_container "$root" "$command" </dev/null 2>&1 | tee "$said" || code=$?
    echo "--- took $((SECONDS - start)) s"

    stage "what it left"
    expect "the script succeeds" [ "$code" -eq 0 ]
    expect "it ends by saying that all is ready, or what is not" grep -q '^Ready' "$said"
    expect "it installs the course's own kernel" grep -q '^Installed the C# kernel as' "$said"
    expect "it prints doctor's findings: the build, Jupyter, the kernel and the notebooks' trust" \
        found 'TransformerByHand' 'jupyter' 'C# kernel: .*' 'notebooks marked as trusted'
    # Whether the tool can be had depends on the machine. That the script says which does not.
    if in_container "$root" 'dotnet tool list --global' | grep -qi '^microsoft.dotnet-interactive '; then
        expect "with the tool, nothing is missing" grep -q '^Ready\. Open notebooks/' "$said"
    else
        expect "it says that the tool could not be had" grep -q '^- The tool Microsoft.dotnet-interactive .* could not be had' "$said"
        expect "and names nothing else" [ "$(grep -c '^- ' "$said")" -eq 1 ]
        expect "the course's kernel then has the name that lessons ask for" grep -q "^Installed the C# kernel as '.net-csharp'" "$said"
    fi
    expect "Jupyter lists a kernel of the name that lessons ask for" in_container "$root" 'jupyter kernelspec list | grep -qF .net-csharp'
    expect "the notebooks are trusted" in_container "$root" 'python3 - notebooks/*.ipynb <<PYTHON
import sys, nbformat
from nbformat.sign import NotebookNotary
untrusted = [path for path in sys.argv[1:] if not NotebookNotary().check_signature(nbformat.read(path, 4))]
print("not trusted:", untrusted) if untrusted else None
sys.exit(len(untrusted))
PYTHON'
    expect "a lesson runs, cell by cell, with the kernel that it asks for" \
        in_container "$root" 'jupyter nbconvert --log-level WARN --to notebook --execute --output-dir /tmp/executed notebooks/00-start-here.ipynb && grep -q "execute_result" /tmp/executed/00-start-here.ipynb'
    after=$(find "$root$workspace" -newer "$root/etc/sudoers.d/$user" ! -path '*/artifacts*' -type f -name '*.ipynb' | wc -l)
    expect "no notebook of the course was changed" [ "$after" -eq 0 ]
    [ "$failures" -eq 0 ]
}

stage() { echo; echo "== [$SECONDS s] $*"; }

# expect WHAT COMMAND…
expect() {
    local what=$1; shift
    if "$@"; then echo "ok      $what"; else echo "NOT OK  $what"; failures=$((failures + 1)); fi
}

# found WHAT…: whether doctor said of each that it is there.
found() {
    local what
    for what; do grep -qE "^  found +$what\$" "$said" || { echo "doctor did not find: $what"; return 1; }; done
}

# in_container ROOT COMMAND: as the container's user, in the folder of the course.
in_container() {
    chroot --userspec="$user:$user" "$1" /usr/bin/env -i "${environment[@]}" /bin/bash -c "cd $workspace && $2"
}

if [ "${1:-}" = --inside ]; then inside "$2" "$3"; else outside "$@"; fi
