using System.Globalization;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Ledgers;

namespace Rekey.Blocking.Record;

/// <summary>Writes the blocklist's facts to the ledger, and reads them back.</summary>
public sealed class BlockLedger(ILedger ledger, LedgerReader reader)
{
    private readonly LedgerFold<BlockHistory> _history = new(reader, "blocklist", new([]), Apply, version: 5);

    /// <summary>Reads the history up to the ledger's last line.</summary>
    public Task<BlockHistory> ReadAsync(CancellationToken cancellationToken) => _history.ReadAsync(cancellationToken);

    /// <summary>Records the list after a change; false when another writer's list has that number.</summary>
    /// <remarks>Numbers and a hash only: subjects and token ids in the ledger could never be deleted.</remarks>
    public async Task<bool> ChangeAsync(string environment, BlockFact next, BlockChange change, CancellationToken cancellationToken)
    {
        await ledger.AppendAsync(
            new(
                $"blocklist-changed/{next.Number}",
                LedgerKinds.BlocklistChanged,
                environment,
                Facts.Of(
                    ("number", $"{next.Number}"),
                    ("sha256", next.Sha256),
                    ("added", $"{change.Add.Count}"),
                    ("removed", $"{change.Remove.Count}")
                )
            ),
            cancellationToken
        );
        return (await ReadAsync(cancellationToken)).Last.Contains(next);
    }

    /// <summary>Records that two approvers accept the ledger, and the list that goes on with the entries of the published one.</summary>
    /// <param name="accepted">The line with which they accept it.</param>
    /// <param name="before">The ledger's list, with which the next one was made. After another change the line is void.</param>
    public Task AcceptAsync(
        string environment,
        LedgerMark accepted,
        Decision decision,
        BlockFact before,
        BlockFact next,
        CancellationToken cancellationToken
    ) =>
        ledger.AppendAsync(
            new(
                $"ledger-accepted-for-blocklist/{decision.Id}/{before.Number}",
                LedgerKinds.LedgerAcceptedForBlocklist,
                environment,
                Facts.Of(
                    ("decision", decision.Id),
                    ("lines", $"{accepted.Count}"),
                    ("hash", accepted.Hash),
                    ("before", $"{before.Number}"),
                    ("number", $"{next.Number}"),
                    ("sha256", next.Sha256),
                    ("askedBy", string.Join(' ', decision.Initiators)),
                    ("approvedBy", decision.AnsweredBy!)
                )
            ),
            cancellationToken
        );

    /// <summary>Records that a list was published.</summary>
    public Task PublishAsync(string environment, long number, string hash, CancellationToken cancellationToken) =>
        ledger.AppendAsync(
            new(
                $"blocklist-published/{number}/{hash}",
                LedgerKinds.BlocklistPublished,
                environment,
                Facts.Of(("number", $"{number}"), ("sha256", hash))
            ),
            cancellationToken
        );

    private static BlockHistory Apply(BlockHistory history, LedgerLine line)
    {
        var facts = line.Entry.Facts;
        return line.Entry.Kind switch
        {
            LedgerKinds.BlocklistChanged => history.With(new BlockFact(Number(facts["number"]), facts["sha256"])),
            LedgerKinds.LedgerAcceptedForBlocklist => Number(facts["before"]) == history.Current.Number
                ? BlockHistory.Accepted(new(Number(facts["number"]), facts["sha256"]))
                : history,
            LedgerKinds.BlocklistPublished => history with { Published = Math.Max(history.Published ?? 0, Number(facts["number"])) },
            _ => history,
        };
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
