using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Core;

namespace Rekey.Cli.Files;

/// <summary>Reads the names that a deployment will ask for from the snapshot of its parameter file, as <c>bicep snapshot</c> writes
/// it.</summary>
internal static class PlannedNamesFile
{
    /// <summary>In bytes. The largest environment has a snapshot of less than one megabyte.</summary>
    private const long MaxSize = 32 * 1024 * 1024;

    private const string Remedy =
        "Make it with: bicep snapshot infra/<environment>.bicepparam --mode overwrite --subscription-id <id> --location <region> "
        + "--deployment-name rekey";

    /// <summary>Gives the ARM ids of the resources of these types.</summary>
    /// <exception cref="CannotContinueException">The file cannot be read, is no snapshot, or is of another subscription.</exception>
    public static IReadOnlyList<string> Read(string path, Guid subscription, IReadOnlyCollection<string> types)
    {
        var ids = Resources(path)
            .Where(r => types.Contains(r?["type"]?.ToString() ?? "", StringComparer.OrdinalIgnoreCase))
            .Select(r => r?["id"]?.ToString() ?? "")
            .ToList();
        return ids.Count == 0 ? throw Wrong(path, "has no storage account, vault or app")
            : ids.Find(i => !i.StartsWith($"/subscriptions/{subscription}/", StringComparison.OrdinalIgnoreCase)) is { } other
                ? throw Wrong(path, $"is not of the subscription {subscription}: its names are others there. It has {other}")
            : ids;
    }

    private static JsonArray Resources(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Length > MaxSize)
            {
                throw Wrong(path, $"has more than {MaxSize} bytes");
            }

            return JsonNode.Parse(File.ReadAllText(path)) is JsonObject snapshot && snapshot["predictedResources"] is JsonArray resources
                ? resources
                : throw Wrong(path, "is no snapshot");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            throw Wrong(path, $"cannot be read: {failure.Message}");
        }
    }

    private static CannotContinueException Wrong(string path, string what) => new("snapshot-wrong", $"{path} {what}.", Remedy);
}
