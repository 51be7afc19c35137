using Rekey.Departures.Reconciling.Sources;

namespace Rekey.Tests.Departures.Reconciling;

/// <summary>Rows of AuditLogs: dynamic values are texts of JSON, and values in them are JSON in a text again.</summary>
public sealed class AccountAuditRowTests
{
    private static readonly Guid Person = Guid.Parse("aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb");

    [Theory]
    [InlineData("Disable account", "", AccountActKind.Disable)]
    [InlineData("enable ACCOUNT", "", AccountActKind.Enable)]
    [InlineData("Delete user", "", AccountActKind.Delete)]
    [InlineData("Hard Delete user", "", AccountActKind.Delete)]
    [InlineData("Restore user", "", AccountActKind.Restore)]
    [InlineData("Update user", """{"displayName":"AccountEnabled","oldValue":"[true]","newValue":"[false]"}""", AccountActKind.Disable)]
    [InlineData("Update user", """{"displayName":"AccountEnabled","newValue":"\"True\""}""", AccountActKind.Enable)]
    [InlineData("Update user", """{"displayName":"AccountEnabled","newValue":"[\"false\"]"}""", AccountActKind.Disable)]
    [InlineData("Update user", """{"displayName":"AccountEnabled","newValue":"[]"}""", null)]
    [InlineData("Update user", """{"displayName":"Department","newValue":"[\"false\"]"}""", null)]
    [InlineData("Update user", "17", null)]
    [InlineData("Add user", "", null)]
    public void A_row_says_what_became_of_the_account(string operation, string changed, AccountActKind? kind)
    {
        var row = new AccountAuditRow(
            DateTimeOffset.UnixEpoch,
            operation,
            "c-1",
            $$"""
            [{"id":"{{Person}}","type":"User","modifiedProperties":[{{changed}}]},
             {"id":"x","type":"User"},{"id":"{{Person}}","type":"Group"}]
            """
        );
        AccountAct[] expected = kind is { } known ? [new(Person, known, DateTimeOffset.UnixEpoch, "c-1")] : [];
        Assert.Equal(expected, row.ToActs());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("[1,null,[]]")]
    [InlineData("""[{"id":7,"type":"User"}]""")]
    public void A_row_that_cannot_be_read_has_no_acts(string? targets) =>
        Assert.Empty(new AccountAuditRow(DateTimeOffset.UnixEpoch, "Disable account", "c-1", targets).ToActs());
}
