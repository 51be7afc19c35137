using Rekey.Infra.Tests.Estates;

namespace Rekey.Infra.Tests.Rules.Rights;

/// <summary>Who can use a queue or a container, read from role assignments.</summary>
internal static class QueueRights
{
    /// <summary>Built-in roles by their ids ("Azure built-in roles").</summary>
    private static readonly Dictionary<string, string> BuiltIn = new(StringComparer.Ordinal)
    {
        ["19e7f393-937e-4f77-808e-94535e297925"] = "Storage Queue Data Reader",
        ["8a0f0c08-91a1-4084-bc3d-661d67233fed"] = "Storage Queue Data Message Processor",
        ["c6a89b2d-59bc-44d0-9896-0f6e12d7b80a"] = "Storage Queue Data Message Sender",
        ["974c5e8b-45b9-4653-ba55-5f855dd0fb88"] = "Storage Queue Data Contributor",
        [BlobContributor] = "Storage Blob Data Contributor",
        [BlobReader] = "Storage Blob Data Reader",
        [BlobOwner] = "Storage Blob Data Owner",
    };

    private const string BlobContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
    private const string BlobReader = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1";
    private const string BlobOwner = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b";
    private static readonly string[] OfBlobs = [BlobContributor, BlobReader, BlobOwner];

    /// <summary>Everything that is assigned at a queue or above it, but for what is known to reach no message.</summary>
    public static IEnumerable<string> At(PredictedEstate estate, string queue) =>
        Assignments(estate)
            .Where(a => $"{queue}/".StartsWith($"{a.On}/", StringComparison.Ordinal) && !IsElsewhere(estate, Role(a)))
            .Select(a => $"{estate.NameOf(a.Text("properties.principalId")!)}: {Title(estate, Role(a))}");

    /// <summary>Everything about blobs that is assigned at a container or above it.</summary>
    public static IEnumerable<string> Blobs(PredictedEstate estate, string container) =>
        Assignments(estate)
            .Where(a => $"{container}/".StartsWith($"{a.On}/", StringComparison.Ordinal) && OfBlobs.Contains(Role(a)))
            .Select(a => $"{estate.NameOf(a.Text("properties.principalId")!)}: {Title(estate, Role(a))}")
            .Order(StringComparer.Ordinal);

    /// <summary>Everything that one principal has, and where.</summary>
    public static IEnumerable<string> Of(PredictedEstate estate, string principal) =>
        Assignments(estate)
            .Where(a => estate.NameOf(a.Text("properties.principalId")!) == principal)
            .Select(a => $"{a.On}: {Title(estate, Role(a))}");

    private static IEnumerable<Predicted> Assignments(PredictedEstate estate) => estate.Of("Microsoft.Authorization/roleAssignments");

    private static string Role(Predicted assignment) => assignment.Text("properties.roleDefinitionId")!.Split('/')[^1];

    private static bool IsCustom(PredictedEstate estate, string role) =>
        estate.Of("Microsoft.Authorization/roleDefinitions").Any(d => d.Name == role);

    /// <summary>A role's name, where it is known.</summary>
    public static string Title(PredictedEstate estate, string role) =>
        BuiltIn.GetValueOrDefault(role) ?? (IsCustom(estate, role) ? VaultRights.Role(estate, role).Name : role);

    /// <summary>Blobs alone, or a custom role whose data actions are those of vaults.</summary>
    private static bool IsElsewhere(PredictedEstate estate, string role) =>
        OfBlobs.Contains(role)
        || (
            IsCustom(estate, role)
            && VaultRights.Role(estate, role).DataActions.All(a => a.StartsWith("Microsoft.KeyVault/", StringComparison.Ordinal))
        );
}
