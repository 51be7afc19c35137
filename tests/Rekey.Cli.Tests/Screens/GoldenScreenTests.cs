using Rekey.Cli.Commands.Ledgers;
using Rekey.Cli.Files;
using Rekey.Cli.Output;
using Rekey.Cli.VaultAccess;
using Rekey.Compliance.Exports;
using Rekey.VaultAccess.Declared;
using Rekey.VaultAccess.Roles;
using Spectre.Console;

namespace Rekey.Cli.Tests.Screens;

/// <summary>The screens as a terminal shows them, letter by letter.</summary>
public sealed class GoldenScreenTests
{
    private const string Thumbprint = "0ffXqcqy2MlGH0vbl5gkxjcWZ4ogCyIHO0wHcbTZlc4";

    private static readonly ExportResult Good = new(
        2,
        1234,
        new('a', 64),
        new(2026, 3, 1, 8, 50, 0, TimeSpan.Zero),
        7,
        1200,
        new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero),
        "prod",
        [],
        []
    );

    private static readonly Dictionary<string, Action<IAnsiConsole>> Screens = new(StringComparer.Ordinal)
    {
        ["ledger-good"] = console => LedgerVerifyOutput.WriteText(console, Good, Thumbprint),
        ["ledger-bad"] = console =>
            LedgerVerifyOutput.WriteText(
                console,
                Good with
                {
                    Defects = [new("ledger/00000002.ndjson", 17, "Line 18 does not follow line 17.", "Download the containers again.")],
                },
                Thumbprint
            ),
        ["access"] = console => AccessTableOutput.Write(console, isNarrow: true, Sample(), isWide: false),
        ["access-wide"] = console => AccessTableOutput.Write(console, isNarrow: true, Sample(), isWide: true),
    };

    public static TheoryData<string, int, bool> All => ScreenFile.Each(Screens.Keys);

    [Theory]
    [MemberData(nameof(All))]
    public Task A_screen_is_as_its_file(string screen, int width, bool hasColour) =>
        ScreenFile.HoldAsync(screen, width, hasColour, Screens[screen]);

    [Fact]
    public void Every_operation_has_a_power()
    {
        var known = new[] { "sign", "decrypt", "rotate", "copy out", "grant others", "delete", "change", "look" };
        var operations = KeyVaultActions.Data.Concat(KeyVaultActions.Control).Concat(KeyVaultActions.StorageKeys).ToList();
        Assert.Equal(known.Order(), operations.Select(Powers.Of).Distinct().Order());
        Assert.Equal("sign", Powers.Of("Microsoft.KeyVault/vaults/keys/sign/action"));
        Assert.Equal("rotate", Powers.Of("Microsoft.KeyVault/vaults/keys/rotate/action"));
        Assert.Equal("copy out", Powers.Of("Microsoft.KeyVault/vaults/keys/release/action"));
        Assert.Equal("copy out", Powers.Of("Microsoft.Storage/storageAccounts/listKeys/action"));
        Assert.Equal("grant others", Powers.Of("Microsoft.Authorization/roleAssignments/write"));
        Assert.Equal("delete", Powers.Of("Microsoft.KeyVault/vaults/keys/purge/action"));
    }

    private static AccessView Sample()
    {
        var (reading, declaration, names) = ReadingFile.Sample();
        return AccessView.Of(reading, DeclarationReader.Read(declaration!).Item1) with { Names = names };
    }
}
