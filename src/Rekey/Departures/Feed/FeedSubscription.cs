using System.Security.Cryptography;
using System.Text;
using Rekey.Core;
using Rekey.Core.Records;

namespace Rekey.Departures.Feed;

/// <summary>The Graph subscription on the ledger: the one that lives as far as Rekey knows, and the one that it began to
/// create.</summary>
public sealed record FeedSubscription : IRecord
{
    /// <summary>The partition of the only record.</summary>
    public const string Feed = "feed";

    public static int SchemaVersion => 1;

    public string Partition => Feed;

    public string Row => ChangeSubscription.Users;

    /// <summary>Graph's id; null when none lives.</summary>
    public Guid? Id { get; init; }

    /// <summary>The id before: its events may still arrive.</summary>
    public Guid? FormerId { get; init; }

    /// <summary>A digest of where its events go and of its client state: a subscription of another form is replaced.</summary>
    public string Form { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was created or last renewed.</summary>
    public DateTimeOffset RenewedAt { get; init; }

    /// <summary>When it ends, in Graph's words.</summary>
    public DateTimeOffset EndsAt { get; init; }

    /// <summary>When Rekey saw that it was gone; null while it lives.</summary>
    public DateTimeOffset? GoneAt { get; init; }

    /// <summary>
    /// The end that Rekey asked for when it began to create one. By that Rekey recognises a subscription of which it did not learn the
    /// id.
    /// </summary>
    public DateTimeOffset? AskedEnd { get; init; }

    /// <summary>The <see cref="Form"/> of that one.</summary>
    public string AskedForm { get; init; } = "";

    /// <summary>Whether events of a subscription with this id are Rekey's own.</summary>
    public bool Made(string? id) => Guid.TryParse(id, out var guid) && (guid == Id || guid == FormerId);

    /// <summary>The form of a subscription with these settings. It depends on 32 bits of the client state's hash: enough to see a change,
    /// and too few to find the secret.</summary>
    internal static string FormOf(DepartureOptions options) =>
        StableId.Of(
            "feed",
            options.Feed.NotificationUrl,
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(options.ClientState)))[..8]
        );
}
