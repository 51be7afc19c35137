using System.CommandLine;
using Rekey.Azure.Hosting;

namespace Rekey.Cli.Commands;

/// <summary><c>rekey access</c>.</summary>
internal static class AccessCommand
{
    public const string Name = "access";

    public const string Examples = """
        Examples:
          az login
          rekey access --vault /subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.KeyVault/vaults/<name>
          rekey access --vault <resource id> --declaration declaration.json     what is there, held against what is declared
          rekey access --vault <resource id> --save monday.json                 keep what was read
          rekey access --export monday.json --declaration declaration.json      judge it anywhere, without Azure
          rekey access --export monday.json --format sarif --output rekey.sarif

        What it shows: everybody who reaches what is in the vault, by role assignment at, above or below it, by access policy,
        through groups, by a role that may be activated, or by a way round (indirect): owners of groups and applications, whoever
        may change what runs as an identity, federated credentials. Object ids, no names. What could not be read is said, and so is what no
        reading shows.

        It reads with your own sign-in (Azure CLI) or a managed identity, and changes nothing. Rights: Reader on the vault and on what runs
        as its identities; in Graph GroupMember.Read.All and Application.Read.All. What you may not read is listed as not seen.

        The declaration: {"environment":"prod","permissionModel":"rbac","vaults":[{"vaultUri":"https://…","resourceId":"/subscriptions/…",
          "grants":[{"principalId":"…","principalType":"ServicePrincipal","role":"Key signer (custom)",
            "dataActions":["Microsoft.KeyVault/vaults/keys/sign/action"]}]}]}
        as the deployment writes it into the app setting Rekey__VaultAccess__Declaration. With "rotator":{"principalId":"…"} in a vault it
        is shown too whether that identity, Rekey's own, could rotate the vault's keys by what is in force (rotation-not-allowed).

        Exit codes: 0 as declared, or nothing was declared; 1 could not be done, or the vault, its assignments, eligibilities or
        principals could not all be seen and nothing was found in the rest; 2 something is not as declared.
        """;

    public static Command Make()
    {
        var vault = new Option<string?>("--vault") { Description = "Resource id of the vault to read in Azure.", HelpName = "resource id" };
        var export = new Option<string?>("--export")
        {
            Description = "Judge what was saved before, instead of reading Azure.",
            HelpName = "export.json",
        };
        var declaration = new Option<string?>("--declaration")
        {
            Description = "What is declared; an export may hold one itself.",
            HelpName = "declaration.json",
        };
        var save = new Option<string?>("--save")
        {
            Description = "Save all that was read, with the declaration.",
            HelpName = "export.json",
        };
        var format = new Option<AccessFormat>("--format")
        {
            Description = "table, json (everything) or sarif (2.1.0).",
            HelpName = "json|sarif|table",
        };
        var output = new Option<string?>("--output") { Description = "Where to write it, instead of standard output.", HelpName = "file" };
        var cloud = new Option<AzureCloud>("--cloud")
        {
            Description = "The cloud that the vault is in.",
            HelpName = "china|public|usGovernment",
        };
        var ca = new Option<string?>("--trusted-ca")
        {
            Description = "One more certificate authority to trust, for networks with their own.",
            HelpName = "ca.pem",
        };
        var arm = Address("--resource-manager", "Address of Azure Resource Manager, where it is not the cloud's own.");
        var graph = Address("--graph", "Address of Microsoft Graph, where it is not the cloud's own.");
        var command = new Command(
            Name,
            "Shows who reaches a vault, by what and through whom, and whether that is declared. Changes nothing."
        )
        {
            vault,
            export,
            declaration,
            save,
            format,
            output,
            cloud,
            ca,
            arm,
            graph,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(vault) is null == result.GetValue(export) is null)
            {
                result.AddError("Name either --vault, to read Azure, or --export, to judge what was saved.");
            }
        });
        command.SetAction((parsed, cancellationToken) => Outcome.OfAsync(parsed, () =>
                {
                    var azure = new AzureOptions
                    {
                        Cloud = parsed.GetValue(cloud),
                        TrustedCaFile = parsed.GetValue(ca),
                        ResourceManagerEndpoint = parsed.GetValue(arm),
                        GraphEndpoint = parsed.GetValue(graph),
                    };
                    return new AccessRun(parsed.InvocationConfiguration.Error, azure, cancellationToken).RunAsync(
                        parsed.GetValue(vault),
                        parsed.GetValue(export),
                        parsed.GetValue(declaration),
                        parsed.GetValue(save),
                        parsed.GetValue(format),
                        parsed.GetValue(output)
                    );
                }));
        return command;
    }

    private static Option<Uri?> Address(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "address",
            CustomParser = result =>
            {
                if (
                    result.Tokens.Count == 1
                    && Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address)
                    && address.Scheme == Uri.UriSchemeHttps
                )
                {
                    return address;
                }

                result.AddError($"{name} must be an https address: a token goes with every request.");
                return null;
            },
        };
}
