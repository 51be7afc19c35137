using System.Collections.Concurrent;
using System.Text.Json;
using Rekey.Core;
using Rekey.Ledgers.Segments;
using Rekey.Trust.Documents;
using Rekey.Trust.Jose;

namespace Rekey.Compliance;

/// <summary>Signs and reads checkpoints and acceptances. Only those by the pinned key count.</summary>
internal sealed class SignedCheckpoints(ICheckpoints kept, CheckpointSigner by, string environment)
{
    // An acceptance is rare. Files beyond this number were planted, and whatever is not read makes nothing void.
    private const int MaxAcceptances = 1000;

    // Planted checkpoints are read once each, up to this number: a good one may come behind them.
    private const int MaxRefused = 100_000;

    private readonly ConcurrentDictionary<long, bool> _refused = [];
    private IReadOnlyList<LedgerCheckpoint> _acceptances = [];

    /// <summary>The acceptance that was signed last; null when there is none.</summary>
    public LedgerCheckpoint? Acceptance => _acceptances.MaxBy(a => a.At);

    /// <summary>Whether two approvers have accepted the ledger without the line of this checkpoint.</summary>
    public bool IsVoid(LedgerCheckpoint checkpoint) => _acceptances.Any(a => a.Voids(checkpoint));

    /// <summary>Reads the acceptances. Returns whether there is one that was not known.</summary>
    public async Task<bool> ReadAcceptancesAsync(CancellationToken cancellationToken)
    {
        var (key, algorithm) = await DescribeAsync(cancellationToken);
        var (found, read) = (new List<LedgerCheckpoint>(), 0);
        await foreach (var (_, document) in kept.ReadAcceptancesAsync(cancellationToken))
        {
            if (Open(document, LedgerCheckpoint.AcceptanceType, key, algorithm) is { } acceptance && IsHere(acceptance))
            {
                found.Add(acceptance);
            }

            if (++read == MaxAcceptances)
            {
                break;
            }
        }

        var isNew = found.Except(_acceptances).Any();
        _acceptances = found;
        return isNew;
    }

    /// <summary>
    /// The newest checkpoint that is not void; null when there is none. An acceptance counts as a checkpoint of its line.
    /// </summary>
    /// <param name="refuseAsync">Called for each refused checkpoint, with its count of lines.</param>
    public async Task<LedgerCheckpoint?> NewestAsync(Func<long, Task> refuseAsync, CancellationToken cancellationToken)
    {
        var accepted = Acceptance;
        await foreach (var lines in kept.ListAsync(cancellationToken))
        {
            if (lines <= accepted?.Lines)
            {
                break;
            }

            if (_refused.ContainsKey(lines))
            {
                continue;
            }

            if (await ReadAsync(lines, cancellationToken) is not { } newest)
            {
                if (_refused.Count < MaxRefused)
                {
                    _refused[lines] = true;
                }

                await refuseAsync(lines);
            }
            else if (!IsVoid(newest))
            {
                return newest;
            }
        }

        return accepted;
    }

    /// <summary>The stored checkpoint at that line count; null when it is refused.</summary>
    public async Task<LedgerCheckpoint?> ReadAsync(long lines, CancellationToken cancellationToken) =>
        await OpenAsync(await kept.ReadAsync(lines, cancellationToken), cancellationToken) is { } opened && opened.Lines == lines
            ? opened
            : null;

    /// <summary>The content of a signed checkpoint; null when it is refused.</summary>
    public async Task<LedgerCheckpoint?> OpenAsync(ReadOnlyMemory<byte> document, CancellationToken cancellationToken)
    {
        var (key, algorithm) = await DescribeAsync(cancellationToken);
        return Open(document, LedgerCheckpoint.Type, key, algorithm) is { } opened && IsHere(opened) ? opened : null;
    }

    /// <summary>The content of a checkpoint or acceptance of any environment; null when that key did not sign it.</summary>
    /// <param name="type">The <c>typ</c> that it must have.</param>
    public static LedgerCheckpoint? Open(ReadOnlyMemory<byte> document, string type, PublicJwk key, string algorithm)
    {
        try
        {
            return JsonSerializer.Deserialize<LedgerCheckpoint>(SignedDocument.Open(document.Span, type, key, algorithm));
        }
        catch (Exception e) when (e is CannotContinueException { Reason: "document-refused" } or JsonException)
        {
            return null;
        }
    }

    /// <summary>Signs a checkpoint and stores it. Returns the signed document.</summary>
    public async Task<byte[]> KeepAsync(LedgerCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        var document = await SignAsync(checkpoint, LedgerCheckpoint.Type, cancellationToken);
        await kept.KeepAsync(checkpoint.Lines, document, cancellationToken);
        return document;
    }

    /// <summary>Signs an acceptance and stores it.</summary>
    public async Task AcceptAsync(LedgerCheckpoint acceptance, CancellationToken cancellationToken) =>
        await kept.KeepAcceptanceAsync(
            acceptance.Decision!,
            await SignAsync(acceptance, LedgerCheckpoint.AcceptanceType, cancellationToken),
            cancellationToken
        );

    private async Task<byte[]> SignAsync(LedgerCheckpoint checkpoint, string type, CancellationToken cancellationToken)
    {
        await DescribeAsync(cancellationToken);
        return await SignedDocument.SignAsync(by.Signer, type, JsonSerializer.SerializeToUtf8Bytes(checkpoint), cancellationToken);
    }

    private bool IsHere(LedgerCheckpoint opened) => string.Equals(opened.Environment, environment, StringComparison.Ordinal);

    private async Task<(PublicJwk Key, string Algorithm)> DescribeAsync(CancellationToken cancellationToken)
    {
        var (key, algorithm) = await by.Signer.DescribeAsync(cancellationToken);
        return string.Equals(key.Thumbprint, by.Thumbprint, StringComparison.Ordinal)
            ? (key, algorithm)
            : throw LedgerChain.Broken($"the checkpoint key is {key.Thumbprint}, but {by.Thumbprint} was pinned");
    }
}
