using Rekey.Detections;
using Rekey.Detections.Gaps;

namespace Rekey.Tests.Detections.Logs;

/// <summary>The logs as they have arrived so far. Issuances and accesses come in any order, late, and more than once.</summary>
public sealed class TokenLogs(TimeProvider timeProvider)
{
    public List<MintedLine> Issued { get; } = [];

    public List<SeenLine> Accessed { get; } = [];

    /// <summary>When each access arrived.</summary>
    public List<DateTimeOffset> ArrivedAt { get; } = [];

    public TimeSpan SettleTime { get; set; }

    /// <summary>Arrivals of accesses that were judged: the engine's own progress.</summary>
    public int Judged { get; set; }

    /// <summary>Up to when arrivals were judged.</summary>
    public DateTimeOffset? JudgedUntil { get; set; }

    /// <summary>Whether every line that was logged can be read.</summary>
    public bool IsWhole { get; set; } = true;

    /// <summary>How often batches had to come again.</summary>
    public int Again { get; set; }

    public int BatchSize { get; set; } = int.MaxValue;

    /// <summary>How many accesses before a batch come in it again.</summary>
    public int Overlap { get; set; }

    /// <summary>Asked before every call, with its name; throws what the call should fail with.</summary>
    public Action<string> Fault { get; set; } = _ => { };

    public long BadLines { get; set; }

    /// <summary>What all batches from now on are counted as; null for each as its own.</summary>
    public string? CountedAs { get; set; }

    /// <summary>Tokens whose issuances the engine does not look up, though they may be there.</summary>
    public Func<PresentedToken, bool> LeftOut { get; set; } = _ => false;

    /// <summary>What the engine cannot read of issuance files.</summary>
    public List<IssuanceGap> Unreadable { get; } = [];

    public List<string> Calls { get; } = [];

    public void Arrive(object line)
    {
        if (line is MintedLine issued)
        {
            Issued.Add(issued);
        }
        else
        {
            Accessed.Add((SeenLine)line);
            ArrivedAt.Add(timeProvider.GetUtcNow());
        }
    }
}
