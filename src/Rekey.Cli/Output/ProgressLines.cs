using System.Diagnostics;

namespace Rekey.Cli.Output;

/// <summary>Says on standard error how far the work is: on a terminal in one line that is written over, elsewhere a plain line now and
/// then.</summary>
internal sealed class ProgressLines(TextWriter error, bool isTerminal)
{
    private readonly TimeSpan _pause = isTerminal ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(5);
    private readonly Stopwatch _run = Stopwatch.StartNew();
    private TimeSpan? _said;
    private int _width;

    public static ProgressLines OfConsole(bool isQuiet) =>
        isQuiet ? new(TextWriter.Null, isTerminal: false) : new(Console.Error, !Console.IsErrorRedirected);

    /// <summary>What is going on; most of it is left unsaid, so that it may be called often.</summary>
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

    /// <summary>What was done; always said.</summary>
    public void Done(string what)
    {
        Write($"{what} ({_run.Elapsed.TotalSeconds:N1} s)");
        error.WriteLine();
        (_width, _said) = (0, null);
    }

    /// <summary>Takes an unfinished line away.</summary>
    public void Clear()
    {
        if (isTerminal && _width > 0)
        {
            error.Write("\r" + new string(' ', _width) + "\r");
            _width = 0;
        }
    }

    private void Write(string what)
    {
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
