"""The kernel as a client sees it: each test starts kernels of its own through jupyter_client.

NOTEBOOKS names the lessons' folder; JUPYTER_DATA_DIR the folder into which the kernel was installed.
"""

import json
import os
import queue
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import unittest

import psutil
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import start_new_kernel

KERNEL = os.environ.get("KERNEL_NAME", ".net-csharp")
NOTEBOOKS = os.environ["NOTEBOOKS"]
LONG = 120


class Client:
    """A kernel and a client of it."""

    def __init__(self, name=KERNEL, **start):
        start.setdefault("cwd", tempfile.gettempdir())
        self.manager, self.client = start_new_kernel(kernel_name=name, startup_timeout=LONG, **start)

    def ask(self, code, **options):
        """Sends a cell and returns its number."""
        # After a failure Jupyter drops the cells that wait already. A program asks for its next cell so soon that it would often be one.
        return self.client.execute(code, **dict({"stop_on_error": False}, **options))

    def run(self, code):
        """Runs a cell to its end and returns the reply and the messages, as (type, content)."""
        return self.finish(self.ask(code))

    def finish(self, asked):
        messages = []
        while True:
            message = self.client.get_iopub_msg(timeout=LONG)
            if message["parent_header"].get("msg_id") != asked:
                continue
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                break
            if message["msg_type"] not in ("status", "execute_input"):
                messages.append((message["msg_type"], message["content"]))
        while True:
            reply = self.client.get_shell_msg(timeout=LONG)
            if reply["parent_header"].get("msg_id") == asked:
                return reply["content"], messages

    def start(self, code):
        """Sends a cell that prints 'go', waits until it has, and returns its number."""
        asked = self.ask(code)
        while True:
            message = self.client.get_iopub_msg(timeout=LONG)
            if message["parent_header"].get("msg_id") != asked:
                continue
            if message["msg_type"] == "stream" and "go" in message["content"]["text"]:
                return asked
            assert message["content"].get("execution_state") != "idle", f"it ended without a word: {code}"

    def text(self, code):
        """Everything that a cell shows, as text."""
        _, messages = self.run(code)
        return "".join(content.get("text") or content.get("data", {}).get("text/plain", "") for _, content in messages)

    def processes(self):
        kernel = psutil.Process(self.manager.provisioner.process.pid)
        return [kernel, *kernel.children(recursive=True)]

    def stop(self):
        self.client.stop_channels()
        if self.manager.is_alive():
            self.manager.shutdown_kernel()


def gone(processes, seconds=15):
    """The processes that are still there after a while."""
    return psutil.wait_procs(processes, timeout=seconds)[1]


class KernelBehaviour(unittest.TestCase):
    def client(self, **start):
        client = Client(**start)
        self.addCleanup(client.stop)
        return client

    def folder(self, name):
        parent = tempfile.mkdtemp(prefix="kernel-test-")
        self.addCleanup(shutil.rmtree, parent, ignore_errors=True)
        path = os.path.join(parent, name)
        os.mkdir(path)
        return path

    def test_outputs_arrive_in_the_order_in_which_they_were_made(self):
        _, messages = self.client().run(
            'Console.Write("one"); display(HTML("two")); Console.Error.Write("three"); Console.Write("four"); 5')
        self.assertEqual(
            [(kind, content.get("text")) for kind, content in messages],
            [("stream", "one"), ("display_data", None), ("stream", "three"), ("stream", "four"), ("execute_result", None)])

    def test_output_arrives_while_the_cell_still_runs(self):
        client = self.client()
        asked = client.start('Console.Write("go"); while (true) { }')
        client.manager.interrupt_kernel()
        self.assertEqual(client.finish(asked)[0]["ename"], "Interrupted")

    def test_many_small_writes_lose_nothing(self):
        self.assertEqual(self.client().text('for (int i = 0; i < 5000; i++) Console.Write($"{i} ");'), "".join(f"{i} " for i in range(5000)))

    def test_a_display_is_updated_in_its_place(self):
        _, messages = self.client().run('var shown = display("first"); shown.Update("second");')
        self.assertEqual([kind for kind, _ in messages], ["display_data", "update_display_data"])
        self.assertEqual(messages[0][1]["transient"]["display_id"], messages[1][1]["transient"]["display_id"])
        self.assertEqual(messages[1][1]["data"]["text/plain"], "second")

    def test_a_display_of_a_fresh_engine_is_not_taken_for_an_earlier_one(self):
        client = self.client()
        first = client.run('display("first");')[1][0][1]["transient"]["display_id"]
        client.run("Environment.Exit(0);")
        self.assertNotEqual(client.run('display("other");')[1][0][1]["transient"]["display_id"], first)

    def test_a_compile_error_names_its_line(self):
        reply, messages = self.client().run("int a = 1;\nint b = missing;")
        self.assertEqual(reply["ename"], "CompilationError")
        self.assertIn("(2,9): error CS0103", messages[-1][1]["traceback"][0])

    def test_an_exception_names_its_cell_and_line(self):
        client = self.client()
        client.run("1 + 1")
        reply, _ = client.run('Console.Write("before");\n\nthrow new InvalidOperationException("as asked");')
        self.assertEqual((reply["ename"], reply["evalue"]), ("System.InvalidOperationException", "as asked"))
        self.assertIn("cell 2, line 3", "\n".join(reply["traceback"]))

    def test_an_interrupted_loop_keeps_the_variables(self):
        client = self.client()
        client.run("int kept = 42;")
        asked = client.start('Console.Write("go"); try { while (true) { } } catch { }')
        client.manager.interrupt_kernel()
        reply, messages = client.finish(asked)
        self.assertEqual(reply["ename"], "Interrupted")
        self.assertIn("Variables are kept", messages[-1][1]["evalue"])
        self.assertEqual(client.text("kept.ToString()"), "42")

    def test_an_interrupt_ends_a_sleep_and_an_await(self):
        client = self.client()
        for code in ("System.Threading.Thread.Sleep(100_000);", "await Task.Delay(100_000);"):
            with self.subTest(code):
                asked = client.start(f'Console.Write("go"); {code}')
                client.manager.interrupt_kernel()
                self.assertEqual(client.finish(asked)[0]["ename"], "Interrupted")

    def test_a_cell_that_does_not_yield_loses_its_engine_and_the_client_is_told(self):
        client = self.client()
        client.run("int lost = 1;")
        # A finally block runs to its end whatever is asked of its thread, and this one has none.
        asked = client.start('try { Console.Write("go"); } finally { again: goto again; }')
        client.manager.interrupt_kernel()
        reply, messages = client.finish(asked)
        self.assertEqual(reply["ename"], "Interrupted")
        self.assertIn("every variable is gone", messages[-1][1]["evalue"])
        self.assertEqual(client.run("lost")[0]["ename"], "CompilationError")
        self.assertEqual(client.text('"alive"'), "alive")

    def test_a_crash_of_the_engine_is_reported_and_the_next_cell_runs(self):
        client = self.client()
        crashes = {
            "Environment.Exit(7);": "exit code 7",
            "int Down(int n) => Down(n + 1) + 1; Down(0)": "overflowed the stack",
            'new System.Threading.Thread(() => throw new Exception("astray")).Start(); System.Threading.Thread.Sleep(60_000);': "astray",
        }
        for code, words in crashes.items():
            with self.subTest(code):
                reply, messages = client.run(code)
                self.assertEqual(reply["ename"], "EngineDied")
                self.assertIn(words, messages[-1][1]["evalue"])
                self.assertEqual(client.text('"alive"'), "alive")

    def test_an_engine_that_dies_between_cells_is_mentioned_in_the_next(self):
        client = self.client()
        client.run('int lost = 1; new System.Threading.Thread(() => { System.Threading.Thread.Sleep(200); Environment.Exit(0); }).Start();')
        time.sleep(3)
        reply, messages = client.run('"alive"')
        self.assertEqual(reply["status"], "ok")
        self.assertIn("fresh one", messages[0][1]["text"])

    def test_a_restart_forgets_everything_and_counts_from_one(self):
        client = self.client()
        client.run("int old = 1;")
        before = client.processes()
        client.manager.restart_kernel()
        client.client.wait_for_ready(timeout=LONG)
        reply, _ = client.run("old")
        self.assertEqual((reply["ename"], reply["execution_count"]), ("CompilationError", 1))
        self.assertEqual(gone(before), [])

    def test_an_interrupt_drops_the_cells_that_wait(self):
        client = self.client()
        # As a client asks when somebody runs all cells.
        running, *waiting = [client.ask(code, stop_on_error=True) for code in ('while (true) { }', 'Console.Write("one");', 'Console.Write("two");')]
        time.sleep(2)
        client.manager.interrupt_kernel()
        self.assertEqual(client.finish(running)[0]["ename"], "Interrupted")
        for each in waiting:
            reply, messages = client.finish(each)
            self.assertEqual((reply["status"], messages), ("aborted", []))
        # Jupyter may still be dropping: somebody who types the next cell is slower than this.
        for _ in range(50):
            reply, messages = client.run('"alive"')
            if reply["status"] != "aborted":
                break
            time.sleep(0.1)
        self.assertEqual([content["data"]["text/plain"] for _, content in messages], ["alive"])

    def test_shutdown_leaves_no_process_behind(self):
        client = self.client()
        client.run('System.Diagnostics.Process.Start("sleep", "1000");')
        client.start('Console.Write("go"); while (true) { }')
        processes = client.processes()
        self.assertGreaterEqual(len(processes), 3)
        client.manager.shutdown_kernel()
        self.assertEqual(gone(processes), [])

    def test_an_idle_kernel_leaves_no_process_behind_either(self):
        client = self.client()
        client.run('System.Diagnostics.Process.Start("sleep", "1000");')
        processes = client.processes()
        client.manager.shutdown_kernel()
        self.assertEqual(gone(processes), [])

    def test_a_killed_kernel_leaves_no_process_behind(self):
        client = self.client()
        client.start('Console.Write("go"); while (true) { }')
        processes = client.processes()
        processes[0].kill()
        self.assertEqual(gone(processes), [])

    def test_a_terminated_kernel_leaves_no_process_behind(self):
        client = self.client()
        client.run('System.Diagnostics.Process.Start("sleep", "1000");')
        client.start('Console.Write("go"); while (true) { }')
        processes = client.processes()
        processes[0].terminate()
        self.assertEqual(gone(processes), [])

    def test_a_kernel_whose_client_is_gone_ends(self):
        with tempfile.NamedTemporaryFile("r", suffix=".json") as file:
            # A client that starts a kernel, says which processes there are, and ends without a word to it.
            client = subprocess.run(
                [sys.executable, "-c",
                 "import json, os, psutil, sys\n"
                 "from jupyter_client.manager import start_new_kernel\n"
                 "manager, client = start_new_kernel(kernel_name=sys.argv[1], startup_timeout=120)\n"
                 "client.execute_interactive('int kept = 1;')\n"
                 "kernel = psutil.Process(manager.provisioner.process.pid)\n"
                 "json.dump([each.pid for each in [kernel, *kernel.children(recursive=True)]], open(sys.argv[2], 'w'))\n"
                 "os._exit(0)\n", KERNEL, file.name], cwd=tempfile.gettempdir(), timeout=LONG)
            self.assertEqual(client.returncode, 0)
            numbers = json.load(file)
        self.assertGreaterEqual(len(numbers), 2)
        self.assertEqual(gone([psutil.Process(number) for number in numbers if psutil.pid_exists(number)]), [])

    def test_it_listens_on_this_machine_alone_and_only_where_the_client_says(self):
        client = self.client()
        client.run("1")
        connection = client.manager.get_connection_info()
        listening = {(each.laddr.ip, each.laddr.port) for each in client.processes()[0].connections(kind="inet") if each.status == psutil.CONN_LISTEN}
        asked = {("127.0.0.1", connection[f"{name}_port"]) for name in ("shell", "iopub", "stdin", "control", "hb")}
        # .NET's sockets for wake-up calls within the process are its own.
        self.assertTrue(asked <= listening, listening)
        self.assertTrue(all(address.startswith("127.") or address == "::1" for address, _ in listening), listening)

    def test_a_message_signed_with_another_key_is_dropped(self):
        client = self.client()
        stranger = client.manager.client()
        stranger.session.key = b"guessed"
        stranger.start_channels()
        self.addCleanup(stranger.stop_channels)
        stranger.execute("int intruded = 1;")
        stranger.shutdown()
        time.sleep(2)
        self.assertEqual(client.run("intruded")[0]["ename"], "CompilationError")

    def test_the_heartbeat_is_heard_while_a_cell_runs(self):
        client = self.client()
        asked = client.start('Console.Write("go"); while (true) { }')
        self.assertTrue(client.client.is_alive())
        client.client.hb_channel.unpause()
        time.sleep(3)
        self.assertTrue(client.client.hb_channel.is_beating())
        client.manager.interrupt_kernel()
        client.finish(asked)

    def test_reading_from_the_keyboard_does_not_block(self):
        self.assertIn("cannot read from the keyboard", self.client().run("var line = Console.ReadLine();")[0]["evalue"])

    def test_what_native_code_prints_does_not_disturb_the_kernel(self):
        client = self.client()
        reply, _ = client.run(
            'static class Native { [System.Runtime.InteropServices.DllImport("libc")] public static extern int puts(string text); }\n'
            'for (int i = 0; i < 100; i++) Native.puts("{\\"id\\": 1, \\"reply\\": {}}");')
        self.assertEqual(reply["status"], "ok")
        self.assertEqual(client.text('"fine"'), "fine")

    def test_two_kernels_at_once_do_not_meet(self):
        first, second = self.client(), self.client()
        asked = [client.ask(f'int mine = {number}; for (int i = 0; i < 200; i++) Console.Write($"{{mine}} ");') for number, client in ((1, first), (2, second))]
        for number, client, question in ((1, first, asked[0]), (2, second, asked[1])):
            reply, messages = client.finish(question)
            self.assertEqual(reply["status"], "ok")
            self.assertEqual("".join(content["text"] for _, content in messages), f"{number} " * 200)
        first.run("Environment.Exit(1);")
        self.assertEqual(second.text("mine.ToString()"), "2")

    def test_a_folder_with_spaces_and_letters_of_other_alphabets(self):
        folder = self.folder("Übungen für Żaneta 數學")
        with open(os.path.join(folder, "größe.csx"), "w", encoding="utf-8") as file:
            file.write('using System.IO;\nstring größe = "aus der Datei";')
        client = self.client(cwd=folder)
        self.assertEqual(client.text('#!import größe.csx\ngröße + " in " + Path.GetFileName(Directory.GetCurrentDirectory())'), "aus der Datei in Übungen für Żaneta 數學")

    def test_a_decimal_comma_stays_out_of_the_lessons(self):
        client = self.client(cwd=NOTEBOOKS, env=dict(os.environ, LANG="de_DE.UTF-8", LC_ALL="de_DE.UTF-8"))
        self.assertEqual(client.text("1.5.ToString()"), "1,5", "the German culture should be in force before the lesson sets its own")
        self.assertEqual(client.text("#!import lesson.csx\n1.5.ToString()"), "1.5")
        self.assertIn("0.2", client.text('new[] { 0.2, 0.1 }.View("x")'))

    def test_completion_knows_what_the_lesson_has_loaded(self):
        client = self.client(cwd=NOTEBOOKS)
        client.run("#!import lesson.csx\nvar layer = new LayerNorm(3);")
        code = "layer.Forw"
        asked = client.client.complete(code, len(code))
        reply = client.client.get_shell_msg(timeout=LONG)
        while reply["parent_header"]["msg_id"] != asked:
            reply = client.client.get_shell_msg(timeout=LONG)
        self.assertEqual((reply["content"]["matches"], reply["content"]["cursor_start"]), (["Forward"], 6))

    def test_the_first_completion_is_prepared_while_the_learner_begins_to_type(self):
        client = self.client(cwd=NOTEBOOKS)
        client.run("#!import lesson.csx")
        time.sleep(1)
        client.client.complete("new LayerNorm(3).", 17)
        self.assertIn("Backward", client.client.get_shell_msg(timeout=LONG)["content"]["matches"])

    def test_places_are_counted_in_characters_beyond_the_basic_plane_too(self):
        client = self.client()
        code = 'var s = "\U0001d417\U0001d417"; Console.WriteL'
        asked = client.client.complete(code, len(code))
        reply = client.client.get_shell_msg(timeout=LONG)
        while reply["parent_header"]["msg_id"] != asked:
            reply = client.client.get_shell_msg(timeout=LONG)
        self.assertEqual(code[reply["content"]["cursor_start"]:reply["content"]["cursor_end"]], "WriteL")

    def test_inspection_shows_signature_documentation_and_shapes(self):
        client = self.client(cwd=NOTEBOOKS)
        client.run("#!import lesson.csx\nvar layer = new LayerNorm(3);")
        asked = client.client.inspect("layer.Forward(", 14)
        reply = client.client.get_shell_msg(timeout=LONG)
        while reply["parent_header"]["msg_id"] != asked:
            reply = client.client.get_shell_msg(timeout=LONG)
        text = reply["content"]["data"]["text/plain"]
        self.assertIn("LayerNorm.Forward(Matrix<double>", text)
        self.assertIn("tokens × d", text)


if __name__ == "__main__":
    unittest.main()
