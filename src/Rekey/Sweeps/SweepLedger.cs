using Rekey.Ledgers;

namespace Rekey.Sweeps;

/// <summary>When sweeps last got on, by the ledger: a row could say anything (T34). A batch in which something was judged is a line of its log's progress.</summary>
public sealed class SweepLedger(ILedger ledger, LedgerReader reader)
{
    /// <summary>How often sweeps that judge nothing say that they ran.</summary>
    public static readonly TimeSpan Pulse = TimeSpan.FromHours(1);

    private readonly LedgerFold<SweepsOnRecord> _last = new(reader, "sweeps", new(0, At: null), (last, line) =>
        line.Entry.Kind is LedgerKinds.SweepsBegan or LedgerKinds.BatchJudged or LedgerKinds.Swept ? new(line.Number, line.At) : last);

    /// <summary>Everything that stands in the ledger now.</summary>
    public Task<SweepsOnRecord> ReadAsync(CancellationToken cancel) => _last.ReadAsync(cancel);

    /// <summary>Puts on record that a sweep got on; nothing when that stands there and is not older than <see cref="Pulse"/>.</summary>
    public async Task SweptAsync(string environment, DateTimeOffset now, CancellationToken cancel)
    {
        var last = await ReadAsync(cancel);
        if (last.At is null || last.At + Pulse <= now)
        {
            await ledger.AppendAsync(new($"swept/{last.Line}", LedgerKinds.Swept, environment, Facts.Of()), cancel);
        }
    }
}
