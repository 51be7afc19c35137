using System.Text.Json;
using Rekey.Findings;
using Rekey.Ledgers;
using Rekey.Trust;

namespace Rekey.Compliance;

/// <summary>Walks the whole ledger, holds it against every checkpoint, and signs the next one. A ledger that does not hold together is a finding at once.</summary>
public sealed class VerifyLedger(ILedger ledger, ICheckpoints checkpoints, IFindings findings, Estate estate, TimeProvider clock, CheckpointSigner? signer = null)
{
    /// <summary>How many lines were verified; null when the ledger is broken or a checkpoint contradicts it.</summary>
    public async Task<long?> RunAsync(CancellationToken cancel)
    {
        try
        {
            // 1. What was promised before.
            var promised = await PromisesAsync(cancel);

            // 2. The chain, line by line, and each promise on the way.
            var (lines, hash, grew) = await WalkAsync(promised, cancel);

            // 3. The next promise, when there is something new to promise.
            if (signer is null)
            {
                await findings.RaiseAsync(NoCheckpoints(), cancel);
            }
            else if (grew)
            {
                await PromiseAsync(signer, new(estate.Environment, lines, hash, clock.GetUtcNow()), cancel);
            }

            return lines;
        }
        catch (CannotContinueException e) when (e.Reason is "ledger-broken" or "document-refused")
        {
            await findings.RaiseAsync(Broken(e), cancel);
            return null;
        }
    }

    private async Task<IReadOnlyDictionary<long, string>> PromisesAsync(CancellationToken cancel)
    {
        var promised = new Dictionary<long, string>();
        if (signer is null)
        {
            return promised;
        }

        var (key, algorithm) = await signer.Signer.DescribeAsync(cancel);
        if (!string.Equals(key.Thumbprint, signer.Thumbprint, StringComparison.Ordinal))
        {
            throw LedgerChain.Broken($"the checkpoint key is {key.Thumbprint}, but {signer.Thumbprint} was pinned");
        }

        await foreach (var document in checkpoints.ListAsync(cancel))
        {
            var checkpoint = JsonSerializer.Deserialize<LedgerCheckpoint>(SignedDocument.Open(document.Span, LedgerCheckpoint.Type, key, algorithm))!;
            promised[checkpoint.Lines] = checkpoint.Hash;
        }

        return promised;
    }

    private async Task<(long Lines, string Hash, bool Grew)> WalkAsync(IReadOnlyDictionary<long, string> promised, CancellationToken cancel)
    {
        var (number, hash) = (0L, LedgerChain.Origin);
        var grew = false;
        await foreach (var line in ledger.ReadAsync(after: 0, cancel))
        {
            (number, hash) = (line.Number, LedgerChain.Hash(LedgerChain.Format(line)));
            if (promised.TryGetValue(number, out var was))
            {
                grew = false;
                if (!string.Equals(was, hash, StringComparison.Ordinal))
                {
                    throw LedgerChain.Broken($"line {number} is not the one that was checkpointed");
                }
            }
            else
            {
                // That a checkpoint was made is itself a line, and no reason for another.
                grew |= !string.Equals(line.Entry.Kind, LedgerKinds.LedgerCheckpointed, StringComparison.Ordinal);
            }
        }

        return promised.Keys.DefaultIfEmpty().Max() is var most && most > number
            ? throw LedgerChain.Broken($"it ends at line {number}, but line {most} was checkpointed")
            : (number, hash, grew);
    }

    private async Task PromiseAsync(CheckpointSigner by, LedgerCheckpoint checkpoint, CancellationToken cancel)
    {
        var document = await SignedDocument.SignAsync(by.Signer, LedgerCheckpoint.Type, JsonSerializer.SerializeToUtf8Bytes(checkpoint), cancel);
        await checkpoints.KeepAsync(checkpoint.Lines, document, cancel);

        // As a line it goes out with the events, and so leaves the subscription.
        await ledger.AppendAsync(new($"ledger-checkpointed/{checkpoint.Lines}", LedgerKinds.LedgerCheckpointed, estate.Environment, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["lines"] = $"{checkpoint.Lines}",
            ["hash"] = checkpoint.Hash,
            ["checkpoint"] = System.Text.Encoding.ASCII.GetString(document),
        }), cancel);
    }

    private Finding Broken(CannotContinueException e) => new("ledger-broken", estate.Environment, Severity.Critical, e.Message, e.Remedy,
        new Dictionary<string, string>(StringComparer.Ordinal) { ["reason"] = e.Reason }, clock.GetUtcNow(), clock.GetUtcNow());

    private Finding NoCheckpoints() => new("ledger-without-checkpoints", estate.Environment, Severity.Medium, "The ledger is chained, but no checkpoint key is configured: whoever owns its storage could write it anew.",
        "Make a key for checkpoints under another identity, and set Azure:CheckpointKeyVault, CheckpointKeyName, CheckpointClientId and CheckpointThumbprint.",
        new Dictionary<string, string>(StringComparer.Ordinal), clock.GetUtcNow(), clock.GetUtcNow());
}
