using System.CommandLine;
using Rekey.Azure.Hosting;
using Rekey.Cli.Commands.Parsing;

namespace Rekey.Cli.Commands;

/// <summary>The command <c>rekey access</c>.</summary>
internal static class AccessCommand
{
    public const string Name = "access";

    public const string Examples = """
        Examples:
          rekey access --sample                                                 an invented vault, without Azure
          az login
          rekey access --vault /subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.KeyVault/vaults/<name>
          rekey access --vault <resource id> --declaration declaration.json     compare actual access with declared access
          rekey access --vault <resource id> --save monday.json                 save the reading for later
          rekey access --export monday.json --declaration declaration.json      judge a saved reading, without Azure
          rekey access --export monday.json --output sarif --out-file rekey.sarif

        What it shows: every principal that can reach the vault's contents. Access comes from a role assignment (at, above or below the
        vault), an access policy, a group, an eligible role, or an attack path (indirect). Attack paths are owners of groups and
        applications, principals that can change what runs as an identity, and federated credentials. The output has object ids, no
        names. It lists what could not be read, and what no reading can show.

        Rights of the control plane that lead to the contents count like rights on the contents: secrets/write, keys/write, deploy/action
        and write of the vault, accessPolicies/write where access policies decide, and the right to write role assignments. So do the
        keys of the storage account that keeps the vault's audit log (listKeys, regenerateKey, listAccountSas, listServiceSas), if a
        scope at or above the vault gives them. An access policy with an application counts only through that application: a declared
        grant covers it only with "applicationId":"…".

        The command signs in as you (Azure CLI) or as a managed identity, and changes nothing. Rights: Reader on the vault and
        on what runs as its identities; in Microsoft Graph, GroupMember.Read.All and Application.Read.All. The output lists parts that you
        may not read as not seen.

        The declaration: {"environment":"prod","permissionModel":"rbac","vaults":[{"vaultUri":"https://…",
          "resourceId":"/subscriptions/…","grants":[{"principalId":"…","principalType":"ServicePrincipal","role":"Key signer (custom)",
            "dataActions":["Microsoft.KeyVault/vaults/keys/sign/action"]}]}]}
        The deployment writes it into the app setting Rekey__VaultAccess__Declaration. Add "rotator":{"principalId":"…"} (Rekey's own
        identity) to a vault to check whether that identity can rotate the vault's keys with its current rights (rotation-not-allowed).

        Exit codes: 0 access is as declared, or there is no declaration; 1 the command failed, or it could not read all of the vault, its
        assignments, eligibilities or principals, and found no difference in the rest; 2 access differs from the declaration.
        """;

    public static Command Make()
    {
        var vault = new Option<string?>("--vault") { Description = "Resource id of the vault to read in Azure.", HelpName = "resource id" };
        var export = new Option<string?>("--export")
        {
            Description = "A saved reading to judge, instead of reading Azure.",
            HelpName = "export.json",
        };
        var sample = new Option<bool>("--sample") { Description = "Judge an invented vault, to try the command without Azure." };
        var wide = new Option<bool>("--wide") { Description = "List every operation in the table, not only the kinds of power." };
        var declaration = new Option<string?>("--declaration")
        {
            Description = "The declaration to compare with. A saved reading may contain one.",
            HelpName = "declaration.json",
        };
        var save = new Option<string?>("--save")
        {
            Description = "Save the reading and the declaration to this file.",
            HelpName = "export.json",
        };
        var format = Formats.Output<AccessFormat>("table, json (everything) or sarif (2.1.0).");
        var output = Formats.OutFile();
        var cloud = Formats.OneOf<AzureCloud>("--cloud", "The Azure cloud of the vault.", "an Azure cloud", values: "Clouds");
        var ca = new Option<string?>("--trusted-ca")
        {
            Description = "An additional certificate authority to trust, for networks that run their own.",
            HelpName = "ca.pem",
        };
        var arm = Address("--resource-manager", "Address of Azure Resource Manager, if it differs from the cloud's.");
        var graph = Address("--graph", "Address of Microsoft Graph, if it differs from the cloud's.");
        var command = new Command(
            Name,
            "Shows who can reach a vault, through which grants, and whether the declaration allows it. Read-only."
        )
        {
            vault,
            export,
            sample,
            wide,
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
            if (
                new[] { result.GetValue(vault) is not null, result.GetValue(export) is not null, result.GetValue(sample) }.Count(g => g)
                != 1
            )
            {
                result.AddError("Give either --vault, to read Azure, or --export, to judge a saved reading, or --sample, to try it.");
            }
        });
        command.SetAction((parsed, cancellationToken) => Outcome.OfAsync(parsed, () =>
                {
                    var azure = new AzureOptions
                    {
                        Cloud = Formats.Of<AzureCloud>(parsed, cloud),
                        TrustedCaFile = parsed.GetValue(ca),
                        ResourceManagerEndpoint = parsed.GetValue(arm),
                        GraphEndpoint = parsed.GetValue(graph),
                    };
                    azure.TrustedCaHosts = azure.TrustedCaFile is null ? [] : [.. azure.VaultAccessHosts];
                    return new AccessRun(parsed.InvocationConfiguration.Error, azure, cancellationToken).RunAsync(
                        parsed.GetValue(vault),
                        parsed.GetValue(export),
                        parsed.GetValue(sample),
                        parsed.GetValue(declaration),
                        parsed.GetValue(save),
                        Formats.Of<AccessFormat>(parsed, format),
                        parsed.GetValue(output),
                        parsed.GetValue(wide)
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

                result.AddError($"{name} must be an https address, because every request carries an access token.");
                return null;
            },
        };
}
