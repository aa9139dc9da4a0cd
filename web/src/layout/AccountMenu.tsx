import { Divider, Dropdown, DropdownItem, DropdownList, MenuToggle } from "@patternfly/react-core";
import { UserIcon } from "@patternfly/react-icons";
import { useState } from "react";
import { useNavigate } from "react-router";
import { logOut, useMe } from "../api/admin";
import { useToasts } from "../components/Toasts";

export function AccountMenu() {
  const me = useMe().data;
  const [open, setOpen] = useState(false);
  const navigate = useNavigate();
  const toasts = useToasts();
  const name = me ? me.display_name || me.username : "Account";
  const leave = async () => {
    try {
      await logOut();
      window.location.assign("/login");
    } catch (cause) {
      toasts.failure("You could not be logged out", cause);
    }
  };
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={() => setOpen(false)}
      popperProps={{ position: "right", appendTo: "inline" }}
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          variant="plainText"
          icon={<UserIcon />}
          aria-label={`Account menu: ${name}`}
          isExpanded={open}
          onClick={() => setOpen(!open)}
          className="roster-account"
        >
          {name}
        </MenuToggle>
      )}
    >
      <DropdownList>
        <DropdownItem description={me?.role} onClick={() => navigate("/account")}>
          My account
        </DropdownItem>
        <Divider component="li" />
        <DropdownItem onClick={leave}>Log out</DropdownItem>
      </DropdownList>
    </Dropdown>
  );
}
