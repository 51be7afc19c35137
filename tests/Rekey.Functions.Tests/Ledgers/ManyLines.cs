using System.Runtime.CompilerServices;
using Rekey.Ledgers;

namespace Rekey.Functions.Tests.Ledgers;

/// <summary>A ledger with many lines, a minute apart, which counts those that are read.</summary>
internal sealed class ManyLines(int count) : ILedger
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The kind of every 997th line.</summary>
    public const string Rare = "trust-ended";

    public int Lines { get; set; } = count;

    public int LinesRead { get; set; }

    public Task<LedgerLine> AppendAsync(LedgerEntry entry, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<LedgerHead> HeadAsync(CancellationToken cancellationToken) => Task.FromResult(new LedgerHead(Lines, new string('0', 64)));

    public async IAsyncEnumerable<LedgerLine> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var number = after + 1; number <= Lines; number++)
        {
            await Task.CompletedTask;
            LinesRead++;
            yield return new(
                number,
                Start.AddMinutes(number),
                new(
                    $"entry/{number}",
                    number % 997 == 0 ? Rare : "ran",
                    number % 2 == 0 ? "kv/shop" : "kv/partners",
                    new Dictionary<string, string>(StringComparer.Ordinal) { ["by"] = "somebody" }
                ),
                new string('0', 64)
            );
        }
    }
}
