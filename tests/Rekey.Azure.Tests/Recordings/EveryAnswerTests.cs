using Rekey.Recordings;

namespace Rekey.Azure.Tests.Recordings;

/// <summary>No recorded answer is passed over: a client reads it, or it is said why none does.</summary>
public sealed class EveryAnswerTests
{
    private static readonly IReadOnlyDictionary<string, IReadOnlyDictionary<int, string>> NotAsked = new Dictionary<
        string,
        IReadOnlyDictionary<int, string>
    >
    {
        ["keys"] = new Dictionary<int, string>
        {
            [14] = "Rekey lists the versions of keys that it knows, not keys",
            [15] = "the same",
            [21] = "Rekey sets no rotation policy",
            [22] = "Rekey reads no rotation policy",
            [24] = "Rekey decrypts nothing",
            [25] = "Rekey backs up nothing",
            [26] = "Rekey deletes no keys",
            [27] = "Rekey lists no deleted keys",
            [30] = "Rekey purges nothing",
        },
        ["arm"] = new Dictionary<int, string>
        {
            [8] = "Rekey assigns no roles",
            [17] = "Rekey reads roles by their id, not by name",
            [18] = "Rekey makes no identities",
        },
        ["graph"] = new Dictionary<int, string>
        {
            [3] = "Rekey changes nobody",
            [4] = "Rekey deletes nobody",
            [5] = "Rekey lists no users",
            [9] = "Rekey adds no members",
            [10] = "Rekey asks for members, not for memberships",
            [14] = "Rekey reads service principals by their id",
            [15] = "Rekey makes no credentials",
            [16] = "federated credentials of applications are a blind spot, and said to be one",
        },
        ["logs"] = new Dictionary<int, string>(),
    };

    [Theory]
    [InlineData("keys")]
    [InlineData("arm")]
    [InlineData("graph")]
    [InlineData("logs")]
    public void Each_line_is_read_by_a_client_or_said_not_to_be(string area)
    {
        var lines = AzureRecording.All(area).Select(r => r.Line);
        IEnumerable<int> asked = area switch
        {
            "keys" => [.. KeyAnswersTests.Bundles, .. KeyAnswersTests.Challenges, .. KeyAnswersTests.Others],
            "arm" =>
            [
                .. ArmAnswersTests.Vaults,
                .. ArmAnswersTests.Lists,
                .. ArmAnswersTests.Deletions,
                .. ArmAnswersTests.Roles,
                .. ArmAnswersTests.Others,
            ],
            "graph" => GraphAnswersTests.Asked,
            _ => [1],
        };

        Assert.Equal(lines, asked.Concat(NotAsked[area].Keys).Order());
    }
}
