"""The Jupyter side of the C# kernel: ipykernel speaks with the client, a .NET process does the work.

Started as  python kernel.py DOTNET COURSE_DLL -f CONNECTION_FILE.  The two talk in lines of JSON over the process's standard
input and output. A request is {"id": 7, "ask": "execute", ...}; its answers are any number of {"id": 7, "message": TYPE,
"content": {...}}, passed on to the client as they are, and one {"id": 7, "reply": {...}}. Any other line is stray output.
"""

import asyncio
import collections
import itertools
import json
import os
import signal
import subprocess
import sys
import threading

from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

PROTOCOL = 1


class Host:
    """The .NET process. Requests may come from any thread; answers are handed out on the asker's event loop."""

    def __init__(self, command):
        # A session of its own: Ctrl+C and signals to the kernel's process group are this file's to interpret.
        apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if os.name == "nt" else {"start_new_session": True}
        self.process = subprocess.Popen(
            command + ["jupyter", "host"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **apart)
        self.protocol = None
        self.last_words = collections.deque(maxlen=12)
        self.ids = itertools.count(1)
        self.askers = {}
        self.gate = threading.Lock()
        self.ended = False
        self.threads = [threading.Thread(target=target, daemon=True) for target in (self._read, self._listen)]
        for thread in self.threads:
            thread.start()

    def ask(self, request):
        """Sends a request and returns the queue on which its answers arrive; None on it means that the host is gone."""
        answers, loop = asyncio.Queue(), asyncio.get_running_loop()
        number = next(self.ids)
        with self.gate:
            self.askers[number] = lambda line: loop.call_soon_threadsafe(answers.put_nowait, line)
            if self.ended:
                self.askers.pop(number)(None)
        self.tell(dict(request, id=number))
        return answers

    def tell(self, request):
        try:
            with self.gate:
                self.process.stdin.write(json.dumps(request).encode() + b"\n")
                self.process.stdin.flush()
        except (OSError, ValueError):
            pass  # The host is gone: the end of its output says so to everyone who waits.

    def stop(self):
        """Ends the host, and with it whatever cell is running."""
        try:
            self.process.stdin.close()
            self.process.wait(timeout=3)
        except (OSError, ValueError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()

    def end_message(self):
        code = self.process.wait()
        self.threads[1].join(timeout=1)
        return "\n".join([f"The process that runs the cells has ended (exit code {code}). Every variable is gone.", *self.last_words])

    def _read(self):
        for line in self.process.stdout:
            try:
                line = json.loads(line)
                self.protocol = line.get("hello", self.protocol)
                asker = self.askers.pop(line["id"]) if "reply" in line else self.askers.get(line["id"])
            except (ValueError, LookupError, AttributeError, TypeError):
                continue
            if asker:
                asker(line)
        with self.gate:
            self.ended = True
            waiting, self.askers = list(self.askers.values()), {}
        for asker in waiting:
            asker(None)

    def _listen(self):
        for line in self.process.stderr:
            if line.strip():
                self.last_words.append(line.decode(errors="replace").rstrip())


class CSharpKernel(Kernel):
    implementation = "transformer-by-hand"
    implementation_version = str(PROTOCOL)
    banner = "C# for notebooks"
    language_info = {
        "name": "C#",
        "version": "14.0",
        "mimetype": "text/x-csharp",
        "file_extension": ".cs",
        "pygments_lexer": "csharp",
        "codemirror_mode": "text/x-csharp",
    }
    command = []
    _host = None

    def start(self):
        super().start()
        try:
            self._started_host()  # Early, so that the first cell need not wait for it.
        except OSError:
            pass  # The first cell tries again and reports it.

    def _started_host(self):
        if self._host is None or self._host.ended:
            if not os.path.exists(self.command[-1]):
                raise FileNotFoundError(f"There is nothing at {self.command[-1]}. Build the course, 'dotnet build' in its folder, and run this cell again.")
            self._host = Host(self.command)
        return self._host

    async def _ask(self, what, **request):
        try:
            host = self._started_host()
        except OSError as problem:
            return self._failure("KernelNotStarted", str(problem))
        answers = host.ask(dict(request, ask=what))
        while True:
            line = await answers.get()
            if line is None:
                return self._failure("EngineDied", host.end_message())
            if host.protocol != PROTOCOL:
                return self._failure("KernelOutOfStep", "The course has been updated since this kernel was installed. Run 'dotnet run --project src/Course -- jupyter install' in its folder and restart the kernel.")
            if "reply" in line:
                return line["reply"]
            self.send_response(self.iopub_socket, line["message"], line["content"])

    def _failure(self, name, message):
        return {"status": "error", "ename": name, "evalue": message, "traceback": message.split("\n"), "failed_here": True}

    async def do_execute(self, code, silent, store_history=True, user_expressions=None, allow_stdin=False, **_):
        reply = await self._ask(
            "execute", code=code, silent=silent, storeHistory=store_history, count=self.execution_count, expressions=user_expressions or {})
        if reply.pop("failed_here", False):
            if not silent:
                self.send_response(self.iopub_socket, "error", {key: reply[key] for key in ("ename", "evalue", "traceback")})
            reply.update(execution_count=self.execution_count, payload=[], user_expressions={})
        return reply

    async def do_complete(self, code, cursor_pos):
        return await self._ask("complete", code=code, cursor=cursor_pos)

    async def do_inspect(self, code, cursor_pos, detail_level=0, omit_sections=()):
        return await self._ask("inspect", code=code, cursor=cursor_pos, detail=detail_level)

    async def do_is_complete(self, code):
        return await self._ask("isComplete", code=code)

    async def do_history(self, hist_access_type, output, raw, **query):
        return await self._ask("history", access=hist_access_type, output=output, **query)

    def pre_handler_hook(self):
        self.saved_sigint_handler = signal.signal(signal.SIGINT, lambda *_: self._interrupt())

    async def interrupt_request(self, stream, ident, parent):
        self._interrupt()
        self.session.send(stream, "interrupt_reply", {"status": "ok"}, parent, ident=ident)

    def _interrupt(self):
        if self._host:
            # Not on this thread: a signal may arrive while it holds the lock.
            threading.Thread(target=self._host.tell, args=({"ask": "interrupt"},)).start()

    async def do_shutdown(self, restart):
        if self._host:
            self._host.stop()
        return {"status": "ok", "restart": restart}


if __name__ == "__main__":
    CSharpKernel.command = sys.argv[1:3]
    del sys.argv[1:3]
    IPKernelApp.launch_instance(kernel_class=CSharpKernel)
