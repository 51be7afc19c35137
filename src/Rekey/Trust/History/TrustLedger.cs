using System.Security.Cryptography;
using System.Text.Json;
using Rekey.Core;
using Rekey.Decisions;
using Rekey.Ledgers;
using Rekey.Ledgers.Forks;
using Rekey.Ledgers.Segments;
using Rekey.Ledgers.Snapshots;
using Rekey.Trust.Lists;

namespace Rekey.Trust.History;

/// <summary>Writes trust facts to the ledger, and reads them into a <see cref="TrustHistory"/>.</summary>
public sealed class TrustLedger : ILedgerView
{
    private readonly ILedger _ledger;
    private readonly LedgerReader _reader;
    private readonly Lock _lock = new();
    private TrustHistory _history = new();
    private TrustHistory? _snapshot;
    private LedgerLine? _last;
    private LedgerMark? _mark;
    private LedgerMark _confirmed = LedgerMark.Empty;

    public TrustLedger(ILedger ledger, LedgerReader reader)
    {
        (_ledger, _reader, Lines) = (ledger, reader, new(reader));
        reader.Add(this);
    }

    /// <summary>The hashes of the ledger's lines, for signed lists.</summary>
    public LineHashLedger Lines { get; }

    public string Name => "trust";

    public int Version => 2;

    public long Read { get; private set; }

    /// <summary>Reads the history up to the ledger's last line.</summary>
    public async Task<TrustHistory> ReadAsync(CancellationToken cancellationToken) => (await ReadWithMarkAsync(cancellationToken)).History;

    /// <summary>Reads the history, with the ledger's last line.</summary>
    public async Task<(TrustHistory History, LedgerMark Mark)> ReadWithMarkAsync(CancellationToken cancellationToken)
    {
        await _reader.CatchUpAsync(cancellationToken);
        lock (_lock)
        {
            return (
                _snapshot ??= _history.Snapshot(),
                _mark ??= _last is null ? LedgerMark.Empty : new(_last.Number, LedgerChain.Hash(LedgerChain.Format(_last)))
            );
        }
    }

    /// <summary>Whether the ledger has that line, unchanged since a document was signed after it.</summary>
    public async Task<bool> HasAsync(LedgerMark mark, CancellationToken cancellationToken)
    {
        // This process reads only new lines: a line that it found before stays.
        if (mark == _confirmed || mark == LedgerMark.Empty)
        {
            return true;
        }

        if (
            await _ledger.FindAsync(mark.Count, cancellationToken) is not { } line
            || !string.Equals(LedgerChain.Hash(LedgerChain.Format(line)), mark.Hash, StringComparison.Ordinal)
        )
        {
            return false;
        }

        _confirmed = mark;
        return true;
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

            (_last, _mark, Read) = (line, null, line.Number);
        }
    }

    public void Save(Utf8JsonWriter to)
    {
        lock (_lock)
        {
            _history.Save().WriteTo(to);
        }
    }

    public void Load(SavedView saved, LedgerHead at)
    {
        lock (_lock)
        {
            (_history, _snapshot, _mark, Read) = (saved.Open(SavedView.ByTree(TrustHistory.Load)), null, new(at.Lines, at.Hash), at.Lines);
        }
    }

    /// <summary>Records that a version is trusted. The first under a basis wins; the line says which.</summary>
    public async Task<VersionTrusted> TrustAsync(
        SigningKey key,
        string version,
        string thumbprint,
        DateTimeOffset? currentFrom,
        string basis,
        CancellationToken cancellationToken
    )
    {
        var line = await _ledger.AppendAsync(
            new(
                $"version-trusted/{basis}",
                LedgerKinds.VersionTrusted,
                key.Id,
                Facts.Of(
                    ("version", version),
                    ("thumbprint", thumbprint),
                    ("currentFrom", currentFrom?.ToString("O") ?? ""),
                    ("basis", basis)
                )
            ),
            cancellationToken
        );
        return (VersionTrusted)FactOf(line)!;
    }

    public Task MakeCurrentAsync(SigningKey key, string version, DateTimeOffset from, string basis, CancellationToken cancellationToken) =>
        _ledger.AppendAsync(
            new(
                $"version-current/{basis}",
                LedgerKinds.VersionCurrent,
                key.Id,
                Facts.Of(("version", version), ("from", from.ToString("O")))
            ),
            cancellationToken
        );

    public Task EndIssuanceAsync(
        SigningKey key,
        string version,
        string thumbprint,
        DateTimeOffset issuedUntil,
        string basis,
        CancellationToken cancellationToken
    ) =>
        _ledger.AppendAsync(
            new(
                $"issuance-ended/{basis}/{version}",
                LedgerKinds.IssuanceEnded,
                key.Id,
                Facts.Of(("version", version), ("thumbprint", thumbprint), ("issuedUntil", issuedUntil.ToString("O")))
            ),
            cancellationToken
        );

    /// <summary>Revokes a thumbprint for ever. A revocation is never taken back, so the conditions are checked here.</summary>
    /// <param name="lastToo">
    /// Whether the key may be left without a trusted version: an approver agreed, or its issuer has another key.
    /// </param>
    /// <exception cref="CannotContinueException">The version is another key's trusted one, or the key's last one.</exception>
    public async Task EndTrustAsync(
        SigningKey key,
        string version,
        string thumbprint,
        string basis,
        bool lastToo,
        CancellationToken cancellationToken
    )
    {
        var history = await ReadAsync(cancellationToken);
        if (history.IsTrustedElsewhere(key.Id, thumbprint))
        {
            throw new CannotContinueException(
                "trusted-elsewhere",
                $"The thumbprint of {key.Id}/{version} is another key's trusted version: revoking it would revoke that key too.",
                "The other key was imported here: see the vault's audit log, and delete the version."
            );
        }

        if (!lastToo && history.TrustedOf(key.Id).All(v => v.Thumbprint == thumbprint))
        {
            throw new CannotContinueException(
                "last-trusted-version",
                $"{key.Id}/{version} is the last trusted version of its key, and no approver has agreed to revoke it.",
                "Rotate the key, or answer the decision about revoking it without a successor."
            );
        }

        await _ledger.AppendAsync(
            new(
                $"trust-ended/{basis}/{version}/{thumbprint}",
                LedgerKinds.TrustEnded,
                key.Id,
                Facts.Of(("version", version), ("thumbprint", thumbprint))
            ),
            cancellationToken
        );
    }

    /// <summary>Revokes for ever every thumbprint that a signed list has as revoked, whether or not the ledger knows it.</summary>
    public Task EndTrustAsync(
        TrustHistory history,
        string environment,
        string thumbprint,
        string basis,
        CancellationToken cancellationToken
    )
    {
        var (key, version) = history
            .KeysOf(thumbprint)
            .SelectMany(k => history.VersionsOf(k).Where(v => v.Thumbprint == thumbprint), (k, v) => (k, v.Version))
            .FirstOrDefault((environment, ""));
        return _ledger.AppendAsync(
            new(
                $"trust-ended/{basis}/{thumbprint}",
                LedgerKinds.TrustEnded,
                key,
                Facts.Of(("version", version), ("thumbprint", thumbprint))
            ),
            cancellationToken
        );
    }

    /// <summary>Records that two approvers accept the ledger although it lacks what this list has.</summary>
    /// <param name="accepted">The line with which they accept it.</param>
    public Task AcceptAsync(
        string environment,
        LedgerMark accepted,
        TrustList list,
        Decision decision,
        CancellationToken cancellationToken
    ) =>
        _ledger.AppendAsync(
            new(
                $"ledger-accepted/{decision.Id}",
                LedgerKinds.LedgerAccepted,
                environment,
                Facts.Of(
                    ("decision", decision.Id),
                    ("lines", $"{accepted.Count}"),
                    ("hash", accepted.Hash),
                    ("sequence", $"{list.Sequence}"),
                    ("listLines", $"{list.Ledger.Count}"),
                    ("listHash", list.Ledger.Hash),
                    ("askedBy", string.Join(' ', decision.Initiators)),
                    ("approvedBy", decision.AnsweredBy!)
                )
            ),
            cancellationToken
        );

    public Task TakeBaselineAsync(SigningKey key, string decisionId, CancellationToken cancellationToken) =>
        _ledger.AppendAsync(
            new($"baseline-taken/{key.Id}", LedgerKinds.BaselineTaken, key.Id, Facts.Of(("decision", decisionId))),
            cancellationToken
        );

    /// <summary>
    /// Records a published list, and which kids it added and removed. A process that finds a published list without this line writes it.
    /// </summary>
    /// <param name="history">The ledger as read before the list was made.</param>
    public Task RecordPublishedAsync(
        TrustList list,
        TrustHistory history,
        ReadOnlyMemory<byte> document,
        CancellationToken cancellationToken
    )
    {
        var kids = list.Keys.Select(k => k.Kid).ToHashSet(StringComparer.Ordinal);
        return _ledger.AppendAsync(
            new(
                $"trust-published/{list.Sequence}",
                LedgerKinds.TrustPublished,
                list.Environment,
                Facts.Of(
                    ("sequence", $"{list.Sequence}"),
                    ("added", Text(kids.Except(history.PublishedKids))),
                    ("removed", Text(history.PublishedKids.Except(kids))),
                    ("count", $"{list.Keys.Count}"),
                    ("sha256", Convert.ToHexStringLower(SHA256.HashData(document.Span)))
                )
            ),
            cancellationToken
        );
    }

    private static TrustFact? FactOf(LedgerLine line)
    {
        var (about, facts) = (line.Entry.About, line.Entry.Facts);
        return line.Entry.Kind switch
        {
            LedgerKinds.BaselineTaken => new BaselineTaken(about, line.At, facts["decision"]),
            LedgerKinds.VersionTrusted => new VersionTrusted(
                about,
                line.At,
                facts["version"],
                facts["thumbprint"],
                facts["currentFrom"].Length == 0 ? null : Time(facts["currentFrom"]),
                facts["basis"]
            ),
            LedgerKinds.VersionCurrent => new VersionCurrent(about, line.At, facts["version"], Time(facts["from"])),
            LedgerKinds.IssuanceEnded => new IssuanceEnded(
                about,
                line.At,
                facts["version"],
                facts["thumbprint"],
                Time(facts["issuedUntil"])
            ),
            LedgerKinds.TrustEnded => new TrustEnded(about, line.At, facts["version"], facts["thumbprint"]),
            LedgerKinds.LedgerAccepted => new LedgerAccepted(
                about,
                line.At,
                long.Parse(facts["sequence"], System.Globalization.CultureInfo.InvariantCulture)
            ),
            LedgerKinds.TrustPublished => new ListPublished(
                about,
                line.At,
                long.Parse(facts["sequence"], System.Globalization.CultureInfo.InvariantCulture),
                Kids(facts["added"]),
                Kids(facts["removed"])
            ),
            _ => null,
        };
    }

    private static string Text(IEnumerable<string> kids) => string.Join(' ', kids.Order(StringComparer.Ordinal));

    private static string[] Kids(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
