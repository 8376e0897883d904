"""Jupyter's own test of a kernel, with everything declared that a C# kernel can support."""

import os
import unittest

import jupyter_kernel_test


class CSharpKernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = os.environ.get("KERNEL_NAME", ".net-csharp")
    language_name = "C#"
    file_extension = ".cs"

    code_hello_world = 'Console.WriteLine("hello, world");'
    code_stderr = 'Console.Error.WriteLine("something went wrong");'
    code_generate_error = 'throw new InvalidOperationException("as asked");'
    code_clear_output = 'Console.WriteLine("gone soon"); clear_output();'
    code_page_something = "?Console.WriteLine"
    code_inspect_sample = "Math.Sqrt"

    completion_samples = [
        {"text": "Console.WriteL", "matches": {"WriteLine"}},
        {"text": "Math.Sq", "matches": {"Sqrt"}},
        {"text": "#!imp", "matches": {"#!import"}},
    ]

    complete_code_samples = ["1 + 1", "int Twice(int x) => 2 * x;", "// only words", "#!import lesson.csx"]
    incomplete_code_samples = ["int Twice(int x)\n{", 'Console.WriteLine("a",', "/* words"]
    invalid_code_samples = ["int = 3;", "1 + ) 2", "}"]

    code_execute_result = [
        {"code": "6 * 7", "mime": "text/html"},
        {"code": '"a" + "b"', "mime": "text/plain", "result": "ab"},
        {"code": "new[] { 1, 2, 3 }.Sum()", "mime": "text/html"},
    ]
    code_display_data = [
        {"code": 'display(HTML("<b>bold</b>"));', "mime": "text/html"},
        {"code": '"# title".DisplayAs("text/markdown");', "mime": "text/markdown"},
    ]

    code_history_pattern = "6 *"
    supported_history_operations = ("tail", "range", "search")


if __name__ == "__main__":
    unittest.main()
