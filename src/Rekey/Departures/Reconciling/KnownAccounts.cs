using System.Text.Json;
using Rekey.Core.Records;

namespace Rekey.Departures.Reconciling;

/// <summary>What reconciliation knows about the accounts of the directory: where it reads on, and which accounts are closed.</summary>
/// <remarks>
/// users/delta does not say when an account was disabled. The set of closed accounts distinguishes those that were closed before the first
/// pass from those that were closed later, also when all accounts must be read again.
/// </remarks>
public sealed class KnownAccounts
{
    private const int IdLength = 16;

    /// <summary>Whether anything changed since it was saved. A newer link alone is no change.</summary>
    public bool IsChanged { get; set; }

    public PassStage Stage { get; set; } = PassStage.All;

    /// <summary>The link to the next page; null for the first page of all accounts, or of the deleted ones.</summary>
    public string? Link { get; set; }

    /// <summary>The link to changes that the pass over all accounts ended with; it is used after the deleted accounts are read.</summary>
    public string? LaterLink { get; set; }

    /// <summary>When the pass under way began.</summary>
    public DateTimeOffset? BeganAt { get; set; }

    /// <summary>When the last completed pass began; null before the first.</summary>
    public DateTimeOffset? Since { get; set; }

    /// <summary>When the first pass was completed; null before.</summary>
    public DateTimeOffset? FirstAt { get; set; }

    /// <summary>When this was saved.</summary>
    public DateTimeOffset SavedAt { get; set; }

    /// <summary>When the audit logs were read last; null when they never were.</summary>
    public DateTimeOffset? AuditedAt { get; set; }

    /// <summary>When the closed accounts were last compared with the people who are named for a key; null when they must be.</summary>
    public DateTimeOffset? NamedAt { get; set; }

    /// <summary>The accounts that are disabled or deleted.</summary>
    public HashSet<Guid> Closed { get; private set; } = [];

    /// <summary>The closed accounts that a pass over all accounts has found so far.</summary>
    public HashSet<Guid> Found { get; private set; } = [];

    /// <summary>Accounts that could not be read yet.</summary>
    public Dictionary<Guid, AccountToRead> ToRead { get; private set; } = [];

    /// <summary>The time of the last comparison if the account was closed then, and not found closed by it; else null. A departure that the
    /// comparison recorded was noticed before it was saved.</summary>
    public DateTimeOffset? ClosedAt(Guid person) =>
        Closed.Contains(person) && ToRead.GetValueOrDefault(person) is null or { IsNews: false } ? new[] { Since, SavedAt }.Max() : null;

    /// <summary>Begins a pass over all accounts.</summary>
    public void ReadAll()
    {
        (Stage, Link, LaterLink, BeganAt, Found, IsChanged) = (PassStage.All, null, null, null, [], true);
    }

    /// <summary>Ends a pass over all accounts. Accounts that it did not find are gone or open.</summary>
    public void EndAll()
    {
        (Closed, Found, NamedAt, IsChanged) = (Found, [], null, true);
    }

    /// <summary>The content as a file.</summary>
    public byte[] ToBytes() =>
        JsonSerializer.SerializeToUtf8Bytes(
            new Written(
                Stage,
                Link,
                LaterLink,
                BeganAt,
                Since,
                FirstAt,
                SavedAt,
                AuditedAt,
                NamedAt,
                Pack(Closed),
                Pack(Found),
                [.. ToRead.Values]
            ),
            RecordJson.Options
        );

    /// <summary>Reads a file that <see cref="ToBytes"/> made and whose hash is in the ledger.</summary>
    public static KnownAccounts Read(ReadOnlySpan<byte> bytes)
    {
        var read = JsonSerializer.Deserialize<Written>(bytes, RecordJson.Options)!;
        return new()
        {
            Stage = read.Stage,
            Link = read.Link,
            LaterLink = read.LaterLink,
            BeganAt = read.BeganAt,
            Since = read.Since,
            FirstAt = read.FirstAt,
            SavedAt = read.SavedAt,
            AuditedAt = read.AuditedAt,
            NamedAt = read.NamedAt,
            Closed = Unpack(read.Closed),
            Found = Unpack(read.Found),
            ToRead = read.ToRead.ToDictionary(a => a.PersonId),
        };
    }

    private static byte[] Pack(HashSet<Guid> ids)
    {
        var packed = new byte[ids.Count * IdLength];
        foreach (var (index, id) in ids.Order().Index())
        {
            id.TryWriteBytes(packed.AsSpan(index * IdLength));
        }

        return packed;
    }

    private static HashSet<Guid> Unpack(byte[] packed)
    {
        var ids = new HashSet<Guid>(packed.Length / IdLength);
        for (var at = 0; at < packed.Length; at += IdLength)
        {
            ids.Add(new(packed.AsSpan(at, IdLength)));
        }

        return ids;
    }

    private sealed record Written(
        PassStage Stage,
        string? Link,
        string? LaterLink,
        DateTimeOffset? BeganAt,
        DateTimeOffset? Since,
        DateTimeOffset? FirstAt,
        DateTimeOffset SavedAt,
        DateTimeOffset? AuditedAt,
        DateTimeOffset? NamedAt,
        byte[] Closed,
        byte[] Found,
        IReadOnlyList<AccountToRead> ToRead
    );
}
