using Rekey.Blocking;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Blocking;

/// <summary>Entries as tests want them.</summary>
internal static class Entries
{
    public const string Issuer = "https://login.example";

    public static BlockEntry Jti(Company company, string jti, int minutes = 60, string reason = "unissued", string? kid = "kid-1") =>
        new(BlockKind.Token, Issuer, jti, IssuedBefore: null, BlockRules.WholeSeconds(company.Now.AddMinutes(minutes)), reason, "finding-1")
        {
            Kid = kid,
        };
}
