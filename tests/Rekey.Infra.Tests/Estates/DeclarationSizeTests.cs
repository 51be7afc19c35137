using System.Globalization;
using System.Text;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Estates;

/// <summary>An environment variable of more than 128 KB stops the app's start (Linux, MAX_ARG_STRLEN): what could become one is refused
/// before, and what is taken fits.</summary>
public sealed class DeclarationSizeTests
{
    private const string Variable = "Rekey__VaultAccess__Declaration";

    /// <summary>The longest string that a new process is given, with its name and the zero at its end.</summary>
    private const int Room = 131_072;

    [Theory]
    [InlineData(15, 1, 40, false, true)]
    [InlineData(30, 1, 40, false, false)]
    [InlineData(4, 11, 300, true, true)]
    [InlineData(4, 30, 400, true, false)]
    public async Task What_is_taken_fits_and_what_would_not_is_refused(int issuers, int known, int why, bool isForeignScript, bool isTaken)
    {
        using var copy = new InfraCopy();
        await File.WriteAllTextAsync(
            Path.Combine(copy.Folder, "many.bicepparam"),
            Parameters(issuers, known, new string(isForeignScript ? '権' : 'w', why)),
            TestContext.Current.CancellationToken
        );
        var (exit, output) = await copy.EvaluateAsync("many");
        Assert.True(exit == 0 == isTaken, output);
        if (isTaken)
        {
            Assert.InRange(
                Encoding.UTF8.GetByteCount((await copy.EstateAsync("many")).Settings[Variable]) + Variable.Length + 2,
                45_000,
                Room
            );
        }
        else
        {
            Assert.Contains($"issuers: the declaration for {issuers} of them can have ", output, StringComparison.Ordinal);
        }
    }

    private static string Parameters(int issuers, int known, string why) =>
        $$"""
            using 'main.bicep'
            param environmentName = 'prodmany'
            param production = true
            param location = 'westeurope'
            param issuers = [
            {{string.Join('\n', Enumerable.Range(0, issuers).Select(Issuer))}}
            ]
            param access = {
              breakGlassGroupId: '00000000-0000-4000-8000-0000000b0001'
              knownGrants: [
            {{string.Join('\n', Enumerable.Range(0, known).Select(n => Known(n, why)))}}
              ]
            }
            param audience = 'api://many'

            """;

    private static string Issuer(int n) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{{ name: 'issuer-number-{n:d2}', issuer: 'https://i.example/{n}', audiences: ['a'], publicJwksUri: "
                + $"'https://i.example/jwks', key: {{ kty: 'EC-HSM' }}, peakTokensASecond: 1, custodians: [], signerPrincipalIds: "
                + $"['00000000-0000-4000-8000-0000001a{n:d4}', '00000000-0000-4000-8000-0000002a{n:d4}'], subnets: [{{ id: "
                + $"'/subscriptions/{Bicep.Subscription}/resourceGroups/rg-{n}"
                + $"/providers/Microsoft.Network/virtualNetworks/vnet/subnets/endpoints', "
                + $"location: 'westeurope' }}] }}"
        );

    private static string Known(int n, string why) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{{ principalId: '00000000-0000-4000-8000-0000000e{n:d4}', principalType: 'ServicePrincipal', role: "
                + $"'8e3af657-a8ff-443c-a75c-2fe8c4bcb635', scope: '/subscriptions/{Bicep.Subscription}', active: true, why: "
                + $"'{why}' }}"
        );
}
