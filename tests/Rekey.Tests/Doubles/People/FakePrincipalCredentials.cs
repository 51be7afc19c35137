using Rekey.Core;
using Rekey.Exposures.Watching;

namespace Rekey.Tests.Doubles.People;

/// <summary>The credentials of applications, by an id of the application.</summary>
public sealed class FakePrincipalCredentials : IPrincipalCredentials
{
    public Dictionary<string, List<PrincipalCredential>> Credentials { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The directory refuses.</summary>
    public bool IsForbidden { get; set; }

    public Task<IReadOnlyList<PrincipalCredential>> ReadAsync(string id, CancellationToken cancellationToken) =>
        IsForbidden
            ? throw new CannotContinueException("graph-forbidden", "Graph refuses.", "Grant Application.Read.All.")
            : Task.FromResult<IReadOnlyList<PrincipalCredential>>(Credentials.GetValueOrDefault(id) ?? []);
}
