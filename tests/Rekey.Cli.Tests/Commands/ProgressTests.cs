using System.Diagnostics;
using Rekey.Cli.Output;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Commands;

/// <summary>What is said while the work goes on: at once, to standard error, and never into the result.</summary>
public sealed class ProgressTests(SampleFixture sample) : IClassFixture<SampleFixture>
{
    [Fact]
    public void On_a_terminal_one_line_is_written_over_and_taken_away()
    {
        var error = new StringWriter();
        var lines = new ProgressLines(error, isTerminal: true);
        lines.Say("reading");
        lines.Clear();
        lines.Clear();
        Assert.Equal("\rreading\r" + new string(' ', "reading".Length) + "\r", error.ToString());
    }

    [Fact]
    public void Elsewhere_a_line_is_whole_and_most_are_left_unsaid_but_what_was_done_is_always_said()
    {
        var error = new StringWriter();
        var lines = new ProgressLines(error, isTerminal: false);
        lines.Say("first");
        lines.Say("second");
        lines.Done("done");
        lines.Say("third");
        Assert.Matches(@"^first\r?\ndone \([0-9.,]+ s\)\r?\nthird\r?\n$", error.ToString());
    }

    [Fact]
    public void The_engines_progress_is_said_at_once_and_on_the_thread_that_reports_it()
    {
        var error = new StringWriter();
        var progress = new Rekey.Cli.Detections.EngineProgress(new(error, isTerminal: false));
        progress.Report(new("reading issuances", 41.7));
        Assert.Equal($"reading issuances: 42 %{Environment.NewLine}", error.ToString());

        error = new StringWriter();
        new Rekey.Cli.Detections.EngineProgress(new(error, isTerminal: false)).Report(new("detecting shared", null));
        Assert.Equal($"detecting shared{Environment.NewLine}", error.ToString());
    }

    [Fact]
    public async Task Something_is_said_before_the_work_ends_on_standard_error_and_the_piped_result_holds_nothing_of_it()
    {
        using var sweep = Process.Start(
            new ProcessStartInfo(
                Tool.Program,
                ["sweep", "--issued", sample.Issued, "--access", sample.Access, "--windows", sample.Windows, "--output", "json"]
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;

        // Nobody reads the result, and a pipe holds little of it: the work cannot have ended when the first line is there.
        var first = await sweep.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        var ended = sweep.HasExited;
        var (result, rest) = (
            sweep.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            sweep.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)
        );
        var (output, error) = (await result, first + "\n" + await rest);
        await sweep.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.False(ended);
        Assert.NotEmpty(first!);
        Assert.True(output.Length > 1 << 18);
        Assert.Contains(" file(s) read.", error, StringComparison.Ordinal);
        Assert.Contains("Judged.", error, StringComparison.Ordinal);
        using var json = System.Text.Json.JsonDocument.Parse(output);
        Assert.All(
            (await sample.SweepAsync("--output", "json", "--quiet")).Ended(2).Error.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.StartsWith("warning: ", line, StringComparison.Ordinal)
        );
    }
}
