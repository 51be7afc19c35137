using System.Security.Cryptography;
using Rekey.Ledgers;
using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>Trust as it stands in the ledger: writes its facts, and reads them into a <see cref="TrustHistory"/>.</summary>
public sealed class TrustLedger(ILedger ledger) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private TrustHistory _history = new();
    private LedgerLine? _read;

    /// <summary>Everything that stands in the ledger now.</summary>
    public async Task<TrustHistory> ReadAsync(CancellationToken cancel) => (await ReadToEndAsync(cancel)).History;

    /// <summary>The same, with how far the ledger is.</summary>
    public async Task<(TrustHistory History, LedgerMark Mark)> ReadWithMarkAsync(CancellationToken cancel)
    {
        var (history, last) = await ReadToEndAsync(cancel);
        return (history, last is null ? LedgerMark.Empty : new(last.Number, LedgerChain.Hash(LedgerChain.Format(last))));
    }

    private async Task<(TrustHistory History, LedgerLine? Last)> ReadToEndAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            var (history, last) = (_history, _read);
            await foreach (var line in ledger.ReadAsync(_read?.Number ?? 0, cancel))
            {
                last = line;
                if (FactOf(line) is { } fact)
                {
                    history = ReferenceEquals(history, _history) ? _history.Snapshot() : history;
                    history.Apply(fact);
                }
            }

            (_history, _read) = (history, last);
            return (history, last);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Records that a version is trusted. Whoever is first under a basis wins; the line says who it was.</summary>
    public async Task<VersionTrusted> TrustAsync(SigningKey key, string version, string thumbprint, DateTimeOffset? currentFrom, string basis, CancellationToken cancel)
    {
        var line = await ledger.AppendAsync(new($"version-trusted/{basis}", LedgerKinds.VersionTrusted, key.Id, Facts.Of(
            ("version", version), ("thumbprint", thumbprint), ("currentFrom", currentFrom?.ToString("O") ?? ""), ("basis", basis))), cancel);
        return (VersionTrusted)FactOf(line)!;
    }

    public Task MakeCurrentAsync(SigningKey key, string version, DateTimeOffset from, string basis, CancellationToken cancel) =>
        ledger.AppendAsync(new($"version-current/{basis}", LedgerKinds.VersionCurrent, key.Id, Facts.Of(("version", version), ("from", from.ToString("O")))), cancel);

    public Task EndIssuanceAsync(SigningKey key, string version, string thumbprint, DateTimeOffset issuedUntil, string basis, CancellationToken cancel) =>
        ledger.AppendAsync(new($"issuance-ended/{basis}/{version}", LedgerKinds.IssuanceEnded, key.Id, Facts.Of(
            ("version", version), ("thumbprint", thumbprint), ("issuedUntil", issuedUntil.ToString("O")))), cancel);

    public Task EndTrustAsync(SigningKey key, string version, string thumbprint, string basis, CancellationToken cancel) =>
        ledger.AppendAsync(new($"trust-ended/{basis}/{version}/{thumbprint}", LedgerKinds.TrustEnded, key.Id, Facts.Of(("version", version), ("thumbprint", thumbprint))), cancel);

    public Task TakeBaselineAsync(SigningKey key, string decisionId, CancellationToken cancel) =>
        ledger.AppendAsync(new($"baseline-taken/{key.Id}", LedgerKinds.BaselineTaken, key.Id, Facts.Of(("decision", decisionId))), cancel);

    /// <summary>Records what the world was told, and by which kids it differs from what it was told before. Said again by whoever finds the
    /// list published and nothing about it on record.</summary>
    /// <param name="history">The ledger as it was read before the list was made.</param>
    public Task RecordPublishedAsync(TrustList list, TrustHistory history, ReadOnlyMemory<byte> document, CancellationToken cancel)
    {
        var kids = list.Keys.Select(k => k.Kid).ToHashSet(StringComparer.Ordinal);
        return ledger.AppendAsync(new($"trust-published/{list.Sequence}", LedgerKinds.TrustPublished, list.Environment, Facts.Of(
            ("sequence", $"{list.Sequence}"), ("added", Text(kids.Except(history.PublishedKids))),
            ("removed", Text(history.PublishedKids.Except(kids))), ("count", $"{list.Keys.Count}"),
            ("sha256", Convert.ToHexStringLower(SHA256.HashData(document.Span))))), cancel);
    }

    public void Dispose() => _turn.Dispose();

    private static TrustFact? FactOf(LedgerLine line)
    {
        var (about, facts) = (line.Entry.About, line.Entry.Facts);
        return line.Entry.Kind switch
        {
            LedgerKinds.BaselineTaken => new BaselineTaken(about, line.At, facts["decision"]),
            LedgerKinds.VersionTrusted => new VersionTrusted(about, line.At, facts["version"], facts["thumbprint"], facts["currentFrom"].Length == 0 ? null : Time(facts["currentFrom"]), facts["basis"]),
            LedgerKinds.VersionCurrent => new VersionCurrent(about, line.At, facts["version"], Time(facts["from"])),
            LedgerKinds.IssuanceEnded => new IssuanceEnded(about, line.At, facts["version"], facts["thumbprint"], Time(facts["issuedUntil"])),
            LedgerKinds.TrustEnded => new TrustEnded(about, line.At, facts["version"], facts["thumbprint"]),
            LedgerKinds.TrustPublished => new ListPublished(about, line.At,
                long.Parse(facts["sequence"], System.Globalization.CultureInfo.InvariantCulture), Kids(facts["added"]), Kids(facts["removed"])),
            _ => null,
        };
    }

    private static string Text(IEnumerable<string> kids) => string.Join(' ', kids.Order(StringComparer.Ordinal));

    private static string[] Kids(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
