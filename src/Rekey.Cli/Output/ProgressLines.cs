using System.Diagnostics;

namespace Rekey.Cli.Output;

/// <summary>Reports progress on standard error: on a terminal in one line that it overwrites, elsewhere in an occasional plain
/// line.</summary>
internal sealed class ProgressLines(TextWriter error, bool isTerminal)
{
    private readonly TimeSpan _pause = isTerminal ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(5);
    private readonly Stopwatch _run = Stopwatch.StartNew();
    private TimeSpan? _said;
    private int _width;

    public static ProgressLines OfConsole(bool isQuiet) =>
        isQuiet ? new(TextWriter.Null, isTerminal: false) : new(Console.Error, !Console.IsErrorRedirected);

    /// <summary>Reports the current step. It drops most calls, so callers may call it often.</summary>
    public void Say(string what)
    {
        if (_said is { } said && _run.Elapsed - said < _pause)
        {
            return;
        }

        _said = _run.Elapsed;
        Write(what);
        if (!isTerminal)
        {
            error.WriteLine();
        }
    }

    /// <summary>Reports a completed step, always.</summary>
    public void Done(string what)
    {
        Write($"{what} ({_run.Elapsed.TotalSeconds:N1} s)");
        error.WriteLine();
        (_width, _said) = (0, null);
    }

    /// <summary>Clears an unfinished line.</summary>
    public void Clear()
    {
        if (isTerminal && _width > 0)
        {
            error.Write("\r" + new string(' ', _width) + "\r");
            _width = 0;
        }
    }

    private void Write(string text)
    {
        var what = PlainText.Of(text);
        if (isTerminal)
        {
            error.Write("\r" + what.PadRight(_width));
            _width = what.Length;
        }
        else
        {
            error.Write(what);
        }
    }
}
