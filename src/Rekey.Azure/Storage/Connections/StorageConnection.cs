using Microsoft.Extensions.Configuration;

namespace Rekey.Azure.Storage.Connections;

/// <summary>
/// The connection of a storage account, in the settings of the Functions host: either one setting with a connection string, or
/// <c>{name}__tableServiceUri</c>, <c>{name}__queueServiceUri</c>, <c>{name}__blobServiceUri</c> and, for a user-assigned identity,
/// <c>{name}__clientId</c>.
/// </summary>
/// <remarks>Source: "Develop Azure Functions: identity-based connections". The host's <c>__</c> is <c>:</c> in .NET
/// configuration.</remarks>
public sealed record StorageConnection(string Name)
{
    /// <summary>The account of tables, work queues and trust documents.</summary>
    public const string State = "RekeyState";

    /// <summary>The account of the ledger, the dead letters and the queue <c>user-changes</c>.</summary>
    public const string Evidence = "RekeyEvidence";

    /// <summary>A connection string, such as <c>UseDevelopmentStorage=true</c>; null if service addresses are used. A secret.</summary>
    public string? ConnectionString { get; init; }

    public Uri? TableServiceUri { get; init; }

    public Uri? QueueServiceUri { get; init; }

    public Uri? BlobServiceUri { get; init; }

    /// <summary>Client id of the user-assigned identity for this account; null for the app's own.</summary>
    public string? ClientId { get; init; }

    /// <summary>Reads the settings of one connection. <see cref="Mistakes"/> validates them.</summary>
    public static StorageConnection Read(IConfiguration configuration, string name)
    {
        var section = configuration.GetSection(name);
        return new StorageConnection(name)
        {
            ConnectionString = Text(section.Value),
            TableServiceUri = Address(section["tableServiceUri"]),
            QueueServiceUri = Address(section["queueServiceUri"]),
            BlobServiceUri = Address(section["blobServiceUri"]),
            ClientId = Text(section["clientId"]),
        };
    }

    /// <summary>Returns every mistake; empty if the connection is usable.</summary>
    /// <param name="tables">Whether the account must hold tables too, or blobs and queues only.</param>
    public IEnumerable<string> Mistakes(bool tables)
    {
        if (ConnectionString is not null)
        {
            yield break;
        }

        if (BlobServiceUri is null && TableServiceUri is null && QueueServiceUri is null)
        {
            yield return $"{Name}: set a connection string, or {Name}__blobServiceUri{(tables ? $", {Name}__tableServiceUri" : "")} "
                + $"and {Name}__queueServiceUri.";
            yield break;
        }

        foreach (
            var (uri, setting, wanted) in new[]
            {
                (BlobServiceUri, "blobServiceUri", true),
                (TableServiceUri, "tableServiceUri", tables),
                (QueueServiceUri, "queueServiceUri", true),
            }
        )
        {
            if (uri is null && wanted)
            {
                yield return $"{Name}__{setting} is missing or not an absolute address.";
            }
            else if (uri is not null && !string.Equals(uri.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal))
            {
                yield return $"{Name}__{setting} must begin with https://, because every request carries an access token.";
            }
        }
    }

    /// <summary>Without the connection string, which holds a key.</summary>
    public override string ToString() => ConnectionString is null ? $"{Name} ({BlobServiceUri})" : $"{Name} (connection string)";

    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    private static Uri? Address(string? value) => Uri.TryCreate(Text(value), UriKind.Absolute, out var uri) ? uri : null;
}
