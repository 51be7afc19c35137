using System.Globalization;
using System.Text.Json.Nodes;

namespace Rekey.Local.Graph;

/// <summary>A user of the directory, as far as a departure is concerned.</summary>
/// <param name="Id">Object id.</param>
/// <param name="UserPrincipalName">Sign-in name; once deleted it bears the id in front.</param>
/// <param name="DisplayName">Name to show.</param>
public sealed record GraphUser(string Id, string UserPrincipalName, string DisplayName)
{
    public bool AccountEnabled { get; init; } = true;

    public string? Mail { get; init; }

    public string? EmployeeId { get; init; }

    public string? EmployeeType { get; init; }

    public string UserType { get; init; } = "Member";

    public bool? OnPremisesSyncEnabled { get; init; }

    /// <summary>Planned last day; reading it takes one more permission.</summary>
    public DateTimeOffset? EmployeeLeaveDateTime { get; init; }

    public DateTimeOffset CreatedDateTime { get; init; } = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Moves when sessions are revoked, as disabling does.</summary>
    public DateTimeOffset? SignInSessionsValidFromDateTime { get; init; }

    /// <summary>Set while the user can be restored.</summary>
    public DateTimeOffset? DeletedDateTime { get; init; }

    /// <summary>The fields that Graph gives when nothing is selected.</summary>
    internal static IReadOnlyList<string> DefaultFields { get; } =
    [
        "businessPhones",
        "displayName",
        "givenName",
        "jobTitle",
        "mail",
        "mobilePhone",
        "officeLocation",
        "preferredLanguage",
        "surname",
        "userPrincipalName",
        "id",
    ];

    /// <summary>The value of a field by its Graph name; false when Graph has no such field here.</summary>
    internal bool TryGet(string field, out JsonNode? value)
    {
        (var known, value) = field.ToUpperInvariant() switch
        {
            "ID" => (true, (JsonNode?)Id),
            "USERPRINCIPALNAME" => (true, UserPrincipalName),
            "DISPLAYNAME" => (true, DisplayName),
            "MAIL" => (true, Mail),
            "ACCOUNTENABLED" => (true, AccountEnabled),
            "EMPLOYEEID" => (true, EmployeeId),
            "EMPLOYEETYPE" => (true, EmployeeType),
            "USERTYPE" => (true, UserType),
            "ONPREMISESSYNCENABLED" => (true, OnPremisesSyncEnabled),
            "EMPLOYEELEAVEDATETIME" => (true, Time(EmployeeLeaveDateTime)),
            "CREATEDDATETIME" => (true, Time(CreatedDateTime)),
            "SIGNINSESSIONSVALIDFROMDATETIME" => (true, Time(SignInSessionsValidFromDateTime)),
            "DELETEDDATETIME" => (true, Time(DeletedDateTime)),
            "BUSINESSPHONES" => (true, new JsonArray()),
            "GIVENNAME"
            or "JOBTITLE"
            or "MOBILEPHONE"
            or "OFFICELOCATION"
            or "PREFERREDLANGUAGE"
            or "SURNAME"
            or "ONPREMISESSAMACCOUNTNAME"
            or "ONPREMISESSECURITYIDENTIFIER"
            or "ONPREMISESIMMUTABLEID"
            or "ONPREMISESDISTINGUISHEDNAME"
            or "ONPREMISESLASTSYNCDATETIME"
            or "LASTPASSWORDCHANGEDATETIME"
            or "SECURITYIDENTIFIER" => (true, null),
            _ => (false, null),
        };
        return known;
    }

    private static string? Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
