using Rekey.Core;
using Rekey.VaultAccess.Reading;

namespace Rekey.VaultAccess.Roles;

/// <summary>Reads each role once.</summary>
internal sealed class RoleReader(IResourceManager resources, VisibleParts seeing)
{
    private readonly Dictionary<string, RoleDefinition?> _roles = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<RoleDefinition> Found => [.. _roles.Values.OfType<RoleDefinition>().OrderBy(r => r.Id, StringComparer.Ordinal)];

    public async Task ReadAsync(string scope, IEnumerable<string> roleIds, ReadingPart part, CancellationToken cancellationToken)
    {
        foreach (var id in roleIds.Distinct(StringComparer.OrdinalIgnoreCase).Where(id => !_roles.ContainsKey(id)).ToList())
        {
            // Azure deletes no assigned role: if one is not found, the caller may not see it, and its operations are unknown.
            _roles[id] = await seeing.TryAsync(part, $"role {id}", async () =>
                await resources.GetRoleDefinitionAsync(scope, id, cancellationToken)
                ?? throw new CannotContinueException("role-not-found", $"There is no role {id}.", "Read it where it is defined.")
            );
        }
    }
}
