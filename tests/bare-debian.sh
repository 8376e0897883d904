#!/usr/bin/env bash
# Runs the container's script, .devcontainer/post-create.sh, in a bare Debian made by debootstrap, with this machine's SDK and
# packages mounted in; then runs a lesson there with the kernel it installed. Needs root and debootstrap.
set -euo pipefail

if [ "${1:-}" != inside ]; then
    # Mounts of its own, which end with it.
    exec unshare --mount --propagation private "$0" inside
fi

repository=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
root=$folder/root
trap 'umount --recursive --lazy "$root"/* 2>/dev/null || true; rm -rf --one-file-system "$folder"' EXIT

debootstrap --variant=minbase --include=ca-certificates,libicu72 bookworm "$root" http://deb.debian.org/debian >"$folder/log" 2>&1 \
    || { tail -20 "$folder/log"; exit 1; }

# mount_in SOURCE [TARGET]
mount_in() { mkdir -p "$root${2:-$1}"; mount --bind "$1" "$root${2:-$1}"; }
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
mount_in "$dotnet"
mount_in /proc
mount_in /dev
mount_in /etc/ssl/certs
mount_in "${NUGET_PACKAGES:-$HOME/.nuget/packages}" /root/.nuget/packages
cp --dereference /etc/resolv.conf "$root/etc/resolv.conf"
if [ -d "$HOME/.nuget/NuGet" ]; then mkdir -p "$root/root/.nuget"; cp -r "$HOME/.nuget/NuGet" "$root/root/.nuget/"; fi
ln -s "$dotnet/dotnet" "$root/usr/bin/dotnet"

# The repository as a fresh clone has it, changes not committed yet included.
mkdir "$root/course"
git -C "$repository" ls-files -z --cached --others --exclude-standard | tar -C "$repository" --null --files-from=- --create | tar -C "$root/course" --extract

inside() { chroot "$root" env HOME=/root MSBUILDDISABLENODEREUSE=1 LANG=C.UTF-8 bash -c "$1"; }
inside 'cd /course && bash .devcontainer/post-create.sh' | tee "$folder/said"
grep -q "Installed the C# kernel as" "$folder/said"
inside 'jupyter kernelspec list' | grep -E "net-csharp|csharp-by-hand"
# By name, because .NET Interactive may have been had, and then has the name that lessons ask for.
inside 'kernel=$(ls /root/.local/share/jupyter/kernels | grep -x -e csharp-by-hand || echo .net-csharp)
        cd /course && jupyter nbconvert --to notebook --execute --ExecutePreprocessor.kernel_name=$kernel --output-dir /tmp notebooks/00-start-here.ipynb
        grep -q "text/html" /tmp/00-start-here.ipynb'
echo "A bare Debian runs the lessons."
