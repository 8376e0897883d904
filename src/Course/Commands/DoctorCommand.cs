using System.CommandLine;
using Spectre.Console;
using TransformerByHand.Course.Doctor;

namespace TransformerByHand.Course.Commands;

/// <summary><c>doctor</c>: what is installed, what is missing, and the one command that mends each.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor", "Say what the course finds on this machine, what is missing, and the command that mends it.");
        command.SetAction(_ => Run(AnsiConsole.Console, new Examination(new Machine(), Repository.Find().Root)));
        return command;
    }

    internal static int Run(IAnsiConsole console, Examination examination)
    {
        IReadOnlyList<Finding> findings = examination.Everything();
        TextWriter output = console.Profile.Out.Writer;
        foreach (var area in findings.GroupBy(finding => finding.Area))
        {
            output.WriteLine(area.Key);
            foreach (Finding finding in area)
            {
                output.WriteLine($"  {Word(finding.State),-8} {finding.What}");
                if (finding.Remedy is not null) output.WriteLine($"           {finding.Remedy}");
            }
        }
        output.WriteLine();

        bool canRun = findings.All(finding => finding.State != State.Needed);
        int missing = findings.Count(finding => finding.State == State.Missing);
        output.WriteLine(canRun
            ? $"`dotnet run --project src/Course` and `dotnet test` have what they need. {(missing == 0 ? "Nothing else is missing." : "What is marked 'missing' is needed only for what stands beside it.")}"
            : "`dotnet run --project src/Course` and `dotnet test` cannot work yet: mend what is marked 'needed'.");
        return canRun ? ExitCode.Success : ExitCode.CannotRun;
    }

    private static string Word(State state) => state switch
    {
        State.Found => "found",
        State.Missing => "missing",
        _ => "needed",
    };
}
