using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Ledgers;
using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>Trust as it stands in the ledger: writes its facts, and reads them into a <see cref="TrustHistory"/>.</summary>
public sealed class TrustLedger : ILedgerView
{
    private readonly ILedger _ledger;
    private readonly LedgerReader _reader;
    private readonly Lock _lock = new();
    private TrustHistory _history = new();
    private TrustHistory? _snapshot;

    public TrustLedger(ILedger ledger, LedgerReader reader)
    {
        (_ledger, _reader) = (ledger, reader);
        reader.Add(this);
    }

    public string Name => "trust";

    public int Version => 1;

    public long Read { get; private set; }

    /// <summary>Everything that stands in the ledger now.</summary>
    public async Task<TrustHistory> ReadAsync(CancellationToken cancel)
    {
        await _reader.CatchUpAsync(cancel);
        lock (_lock)
        {
            return _snapshot ??= _history.Snapshot();
        }
    }

    public void Take(LedgerLine line)
    {
        lock (_lock)
        {
            if (FactOf(line) is { } fact)
            {
                _history.Apply(fact);
                _snapshot = null;
            }

            Read = line.Number;
        }
    }

    public JsonNode Save()
    {
        lock (_lock)
        {
            return _history.Save();
        }
    }

    public void Load(JsonElement saved, long line)
    {
        lock (_lock)
        {
            (_history, _snapshot, Read) = (TrustHistory.Load(saved), null, line);
        }
    }

    /// <summary>Records that a version is trusted. Whoever is first under a basis wins; the line says who it was.</summary>
    public async Task<VersionTrusted> TrustAsync(SigningKey key, string version, string thumbprint, DateTimeOffset? currentFrom, string basis, CancellationToken cancel)
    {
        var line = await _ledger.AppendAsync(new($"version-trusted/{basis}", LedgerKinds.VersionTrusted, key.Id, Facts.Of(
            ("version", version), ("thumbprint", thumbprint), ("currentFrom", currentFrom?.ToString("O") ?? ""), ("basis", basis))), cancel);
        return (VersionTrusted)FactOf(line)!;
    }

    public Task MakeCurrentAsync(SigningKey key, string version, DateTimeOffset from, string basis, CancellationToken cancel) =>
        _ledger.AppendAsync(new($"version-current/{basis}", LedgerKinds.VersionCurrent, key.Id, Facts.Of(("version", version), ("from", from.ToString("O")))), cancel);

    public Task EndIssuanceAsync(SigningKey key, string version, string thumbprint, DateTimeOffset issuedUntil, string basis, CancellationToken cancel) =>
        _ledger.AppendAsync(new($"issuance-ended/{basis}/{version}", LedgerKinds.IssuanceEnded, key.Id, Facts.Of(
            ("version", version), ("thumbprint", thumbprint), ("issuedUntil", issuedUntil.ToString("O")))), cancel);

    /// <summary>Revokes a thumbprint for ever. It is never taken back, so what must not happen is checked here.</summary>
    /// <param name="lastToo">Whether the key may be left without a trusted version: somebody said so, or its issuer has another key.</param>
    /// <exception cref="CannotContinueException">The version is another key's trusted one, or the key's last one.</exception>
    public async Task EndTrustAsync(SigningKey key, string version, string thumbprint, string basis, bool lastToo, CancellationToken cancel)
    {
        var history = await ReadAsync(cancel);
        if (history.IsTrustedElsewhere(key.Id, thumbprint))
        {
            throw new CannotContinueException("trusted-elsewhere", $"The thumbprint of {key.Id}/{version} is that of another key's trusted version, which is not revoked with it.",
                "Somebody imported that key here: see the vault's audit log, and delete the version.");
        }

        if (!lastToo && history.TrustedOf(key.Id).All(v => v.Thumbprint == thumbprint))
        {
            throw new CannotContinueException("last-trusted-version", $"{key.Id}/{version} is the last trusted version of its key, and nobody has said that it may go.",
                "Rotate the key, or answer the question about ending its trust without a successor.");
        }

        await _ledger.AppendAsync(new($"trust-ended/{basis}/{version}/{thumbprint}", LedgerKinds.TrustEnded, key.Id, Facts.Of(("version", version), ("thumbprint", thumbprint))), cancel);
    }

    public Task TakeBaselineAsync(SigningKey key, string decisionId, CancellationToken cancel) =>
        _ledger.AppendAsync(new($"baseline-taken/{key.Id}", LedgerKinds.BaselineTaken, key.Id, Facts.Of(("decision", decisionId))), cancel);

    /// <summary>Records what the world was told. Said again by whoever finds the list published and nothing about it on record.</summary>
    public Task RecordPublishedAsync(TrustList list, ReadOnlyMemory<byte> document, CancellationToken cancel) =>
        _ledger.AppendAsync(new($"trust-published/{list.Sequence}", LedgerKinds.TrustPublished, list.Environment, Facts.Of(
            ("sequence", $"{list.Sequence}"), ("kids", string.Join(' ', list.Keys.Select(k => k.Kid))), ("bars", $"{list.Bars.Count}"),
            ("sha256", Convert.ToHexStringLower(SHA256.HashData(document.Span))))), cancel);

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
            LedgerKinds.TrustPublished => new ListPublished(about, line.At, long.Parse(facts["sequence"], System.Globalization.CultureInfo.InvariantCulture)),
            _ => null,
        };
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
