using CsCheck;
using Rekey.Core;

namespace Rekey.Tests.Core;

/// <summary>A name with a typo is found again, and another name is not mistaken for a typo.</summary>
public sealed class NearestNameTests
{
    private static readonly string[] Known = ["TimeGenerated", "SigningInputSha256", "IssuerInstance", "KeyThumbprint", "ExpiresAt", "Kid"];

    [Fact]
    public void A_name_with_one_typo_or_in_another_case_is_found_again() =>
        Gen.Select(Gen.Int[0, Known.Length - 1], Gen.Int[0, 5], Gen.Int[0, 99], Gen.Char['a', 'z'])
            .Sample(
                (number, kind, place, letter) =>
                {
                    var (name, at) = (Known[number], place % Known[number].Length);
                    var written = kind switch
                    {
                        0 => name.Insert(at, $"{letter}"),
                        1 => name.Remove(at, 1),
                        2 => name.Remove(at, 1).Insert(at, $"{letter}"),
                        3 when at > 0 => name.Remove(at, 1).Insert(at - 1, $"{name[at]}"),
                        4 => name.ToUpperInvariant(),
                        _ => name.ToLowerInvariant(),
                    };
                    Assert.Equal(name, NearestName.Of(written, Known));
                    Assert.Equal($"; did you mean '{name}'?", NearestName.Hint(written, Known));
                }
            );

    [Theory]
    [InlineData("same", "SAME", 0)]
    [InlineData("form", "from", 1)]
    [InlineData("--mapping", "--map", 1)]
    [InlineData("--max-network", "--max-networks", 1)]
    [InlineData("keycloack-events", "keycloak-events", 1)]
    [InlineData("delimeter", "delimiter", 1)]
    [InlineData("https://idp.example", "https://idp.example/", 1)]
    [InlineData("abcdef", "abcxyz", null)]
    [InlineData("abcdefghi", "abcdefxyz", 3)]
    [InlineData("Sub", "Jti", null)]
    [InlineData("Jti", "Jty", 1)]
    [InlineData("", "", 0)]
    [InlineData("", "ab", null)]
    public void Typos_are_counted_up_to_a_third_of_the_letters_in_both_directions(string one, string other, int? typos) =>
        Assert.Equal((typos, typos), (NearestName.Typos(one, other), NearestName.Typos(other, one)));

    [Fact]
    public void The_fewest_typos_win_and_no_name_is_near_nothing()
    {
        Assert.Equal("output", NearestName.Of("outputs", ["outputter", "output", "input"]));
        Assert.Null(NearestName.Of("nonsense", Known));
        Assert.Equal(".", NearestName.Hint("nonsense", Known));
        Assert.Null(NearestName.Of("Kid", []));
    }

    /// <summary>A beginning counts as one typo, however much is missing: the name with more equal letters wins.</summary>
    [Fact]
    public void NearestName_prefers_the_name_with_more_equal_letters_when_the_typos_are_equal() =>
        Assert.Equal("Claims.sub", NearestName.Of("Claims.subb", ["Claims", "Claims.sub"]));
}
