using System.Diagnostics;
using Spectre.Console;

namespace Rekey.Local.Replay;

/// <summary>Shows the story: colours and a spinner on a terminal, plain lines elsewhere. Keeps the expectations that did not
/// hold.</summary>
internal sealed class Timeline(IAnsiConsole console)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<string> _failures = [];

    /// <summary>Expectations that did not hold.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>The number of checked expectations.</summary>
    public int Checked { get; private set; }

    private bool IsLive => console.Profile.Capabilities is { Interactive: true, Ansi: true };

    /// <summary>Begins a new act.</summary>
    public void Act(string title)
    {
        console.WriteLine();
        if (IsLive)
        {
            console.Write(new Rule($"[bold]{Markup.Escape(title)}[/]").LeftJustified());
        }
        else
        {
            console.WriteLine($"== {title}");
        }
    }

    /// <summary>Shows an event.</summary>
    public void Say(string what) => Line("[blue]·[/]", "-", what);

    /// <summary>Checks an expectation and shows the result.</summary>
    public void Expect(bool holds, string what)
    {
        Checked++;
        if (holds)
        {
            Line("[green]✓[/]", "ok", what);
            return;
        }

        _failures.Add(what);
        Line("[red]✗[/]", "FAILED", what);
    }

    /// <summary>Runs a long step and shows its progress.</summary>
    public async Task<T> DoAsync<T>(string what, Func<IProgress<string>, Task<T>> work)
    {
        if (IsLive)
        {
            return await console
                .Status()
                .Spinner(Spinner.Known.Dots)
                .StartAsync(Markup.Escape(what), context => work(new Report(text => context.Status(Markup.Escape($"{what}: {text}")))));
        }

        console.WriteLine($"   ... {what}");
        return await work(new Report(text => console.WriteLine($"   ... {what}: {text}")));
    }

    /// <summary>The time of a line is always that since the start; a line about a duration says so in words.</summary>
    private void Line(string mark, string plainMark, string what)
    {
        var time = $"{_clock.Elapsed.TotalSeconds:0.0} s";
        if (IsLive)
        {
            console.MarkupLine($"[grey]{time, 9}[/] {mark} {Markup.Escape(what)}");
        }
        else
        {
            // Plain output goes to files and pipes: one line each, never wrapped.
            console.Profile.Out.Writer.WriteLine($"{time, 9} {plainMark} {what}");
        }
    }

    /// <summary>Reports on the caller's thread, in order; <see cref="Progress{T}"/> would not.</summary>
    private sealed class Report(Action<string> report) : IProgress<string>
    {
        void IProgress<string>.Report(string value) => report(value);
    }
}
