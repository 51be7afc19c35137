using Rekey.Recordings;

namespace Rekey.Local.Tests.Recordings;

/// <summary>No recorded request is passed over: a stand-in answers it, or it is said why none does.</summary>
public sealed class EveryRequestTests
{
    private static readonly IReadOnlyDictionary<string, IReadOnlyDictionary<int, string>> NotAnswered = new Dictionary<
        string,
        IReadOnlyDictionary<int, string>
    >
    {
        ["keys"] = new Dictionary<int, string>(),
        ["arm"] = new Dictionary<int, string>
        {
            [2] = "vaults are changed in-process",
            [3] = "vaults are made in-process",
            [15] = "roles are made in-process",
            [18] = "identities are made in-process",
            [19] = "there are no management groups but as scopes",
        },
        ["graph"] = new Dictionary<int, string>
        {
            [3] = "people are changed in-process",
            [4] = "people are deleted in-process",
            [5] = "Rekey lists no users",
            [9] = "members are added in-process",
            [10] = "Rekey asks for members, not for memberships",
            [12] = "service principals are read by their id",
            [14] = "service principals are read by their id",
            [15] = "applications have no credentials here",
            [16] = "the same",
        },
        ["logs"] = new Dictionary<int, string> { [1] = "there is no stand-in of Log Analytics" },
    };

    [Theory]
    [InlineData("keys")]
    [InlineData("arm")]
    [InlineData("graph")]
    [InlineData("logs")]
    public void Each_line_should_be_answered_by_a_stand_in_or_said_not_to_be(string area)
    {
        var lines = AzureRecording.All(area).Select(r => r.Line);
        IEnumerable<int> answered = area switch
        {
            "keys" =>
            [
                .. VaultRequestsTests.Challenges,
                .. VaultRequestsTests.Creations,
                .. VaultRequestsTests.Imports,
                .. VaultRequestsTests.OnAKey,
                .. VaultRequestsTests.OnTwoVersions,
                .. VaultRequestsTests.OnADeletedKey,
                .. VaultRequestsTests.Others,
            ],
            "arm" => [.. ArmRequestsTests.Vaults, .. ArmRequestsTests.Deletions, .. ArmRequestsTests.Others],
            "graph" => GraphRequestsTests.Asked,
            _ => [],
        };

        Assert.Equal(lines, answered.Concat(NotAnswered[area].Keys).Order());
    }
}
