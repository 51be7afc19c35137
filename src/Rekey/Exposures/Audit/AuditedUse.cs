using System.Globalization;
using Rekey.Trust;

namespace Rekey.Exposures.Audit;

/// <summary>Successful operations of one kind by one caller on one version of a key. All texts are lower case.</summary>
/// <param name="Vault">The vault's host name.</param>
/// <param name="Kind"><c>keys</c>, <c>secrets</c> or <c>certificates</c>.</param>
/// <param name="Name">The name of the key, or of the secret or certificate with the key's name.</param>
/// <param name="Version">The version; empty when the operation names none.</param>
/// <param name="Operation">Such as <c>keysign</c>.</param>
/// <param name="Oid">Object id of the caller; empty when the row has none.</param>
/// <param name="AppId">The application through which the caller signed in; empty when the row has none.</param>
/// <param name="IsPerson">Whether a row names a user, not only an application.</param>
/// <param name="Rows">The number of distinct operations.</param>
public sealed record AuditedUse(
    string Vault,
    string Kind,
    string Name,
    string Version,
    string Operation,
    string Oid,
    string AppId,
    bool IsPerson,
    DateTimeOffset First,
    DateTimeOffset Last,
    long Rows
)
{
    /// <summary>Whether it is about this key.</summary>
    public bool IsOf(SigningKey key) => string.Equals($"{Vault}/{Name}", key.Id, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it is about this version, or about all versions of its key, as a backup is.</summary>
    public bool Covers(string version) => Version.Length != 32 || string.Equals(Version, version, StringComparison.OrdinalIgnoreCase);

    /// <summary>The rows in a sentence, so that a reader finds them in the log.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Operation} on {Kind}/{Name}{(Version.Length == 32 ? $"/{Version}" : "")} "
                + $"by {(Oid.Length > 0 ? Oid : $"application {AppId}")}, {Rows} {(Rows == 1 ? "time" : "times")}, "
                + $"last at {Last.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}"
        );
}
