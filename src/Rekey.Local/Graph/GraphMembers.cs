using System.Text.Json.Nodes;

namespace Rekey.Local.Graph;

/// <summary>The members that Graph gives of an object when nothing is selected, with what they hold in a bare directory.</summary>
internal static class GraphMembers
{
    private static readonly JsonObject User = Parse(
        """
        {"id":null,"businessPhones":[],"displayName":null,"givenName":null,"jobTitle":null,"mail":null,"mobilePhone":null,
         "officeLocation":null,"preferredLanguage":null,
         "surname":null,"userPrincipalName":null}
        """
    );

    private static readonly JsonObject Group = Parse(
        """
        {"id":null,"deletedDateTime":null,"classification":null,"createdDateTime":"2025-01-01T00:00:00Z","creationOptions":[],
         "description":null,"displayName":"group",
         "expirationDateTime":null,"groupTypes":[],"isAssignableToRole":null,"mail":null,"mailEnabled":false,"mailNickname":"group",
         "membershipRule":null,
         "membershipRuleProcessingState":null,"onPremisesDomainName":null,"onPremisesLastSyncDateTime":null,"onPremisesNetBiosName":null,
         "onPremisesSamAccountName":null,
         "onPremisesSecurityIdentifier":null,"onPremisesSyncEnabled":null,"preferredDataLocation":null,"preferredLanguage":null,
         "proxyAddresses":[],
         "renewedDateTime":"2025-01-01T00:00:00Z","resourceBehaviorOptions":[],"resourceProvisioningOptions":[],"securityEnabled":true,
         "securityIdentifier":"S-1-12-1-1-2-3-4",
         "theme":null,"visibility":null,"onPremisesProvisioningErrors":[],"serviceProvisioningErrors":[]}
        """
    );

    private static readonly JsonObject ServicePrincipal = Parse(
        """
        {"id":null,"deletedDateTime":null,"accountEnabled":true,"alternativeNames":[],"appDisplayName":"app","appDescription":null,
         "appId":null,"applicationTemplateId":null,
         "appOwnerOrganizationId":null,"appRoleAssignmentRequired":false,"createdDateTime":"2025-01-01T00:00:00Z","description":null,
         "disabledByMicrosoftStatus":null,
         "displayName":"app","homepage":null,"loginUrl":null,"logoutUrl":null,"notes":null,"notificationEmailAddresses":[],
         "preferredSingleSignOnMode":null,
         "preferredTokenSigningKeyThumbprint":null,"replyUrls":[],"servicePrincipalNames":[],"servicePrincipalType":"Application",
         "signInAudience":"AzureADMyOrg","tags":[],
         "tokenEncryptionKeyId":null,"samlSingleSignOnSettings":null,"verifiedPublisher":{"displayName":null,"verifiedPublisherId":null,
         "addedDateTime":null},"addIns":[],
         "appRoles":[],"info":{"logoUrl":null,"marketingUrl":null,"privacyStatementUrl":null,"supportUrl":null,"termsOfServiceUrl":null},
         "keyCredentials":[],
         "oauth2PermissionScopes":[],"passwordCredentials":[],"resourceSpecificApplicationPermissions":[]}
        """
    );

    public static JsonObject Of(GraphUser user) =>
        With(User, ("id", user.Id), ("displayName", user.DisplayName), ("mail", user.Mail), ("userPrincipalName", user.UserPrincipalName));

    public static JsonObject Of(GraphGroup group) => With(Group, ("id", group.Id));

    public static JsonObject Of(GraphServicePrincipal principal)
    {
        var members = With(
            ServicePrincipal,
            ("id", principal.Id),
            ("appId", principal.AppId),
            ("servicePrincipalType", principal.ResourceId is null ? "Application" : "ManagedIdentity")
        );
        members["servicePrincipalNames"] = new JsonArray(principal.AppId);
        if (principal.ResourceId is { } resource)
        {
            members["alternativeNames"] = new JsonArray("isExplicit=True", resource);
        }

        return members;
    }

    /// <summary>Gives the selected members; all when nothing is selected.</summary>
    public static JsonObject Selected(JsonObject members, string select, params IEnumerable<(string Name, string Value)> annotations)
    {
        var wanted = select.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new(
            annotations
                .Select(a => KeyValuePair.Create(a.Name, (JsonNode?)a.Value))
                .Concat(
                    members
                        .Where(m => wanted.Length == 0 || wanted.Contains(m.Key, StringComparer.OrdinalIgnoreCase))
                        .Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone()))
                )
        );
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    private static JsonObject With(JsonObject template, params ReadOnlySpan<(string Name, string? Value)> known)
    {
        var members = template.DeepClone().AsObject();
        foreach (var (name, value) in known)
        {
            members[name] = value;
        }

        return members;
    }
}
